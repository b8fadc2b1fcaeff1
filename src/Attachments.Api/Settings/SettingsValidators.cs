using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Attachments.Api.Callers;
using Attachments.Api.Http.Cors;
using Attachments.Application.Archives;
using Attachments.Application.Changes;
using Attachments.Application.Links;
using Attachments.Application.Previews;
using Attachments.Application.Settings;
using Attachments.Application.TemporarySets;
using Attachments.Application.Webhooks;
using Attachments.Infrastructure.Persistence;
using FluentValidation;
using FluentValidation.Results;

namespace Attachments.Api.Settings;

internal sealed class LimitsValidator : AbstractValidator<LimitsOptions>
{
    private const string Positive = "must be greater than 0";

    public LimitsValidator()
    {
        RuleFor(limits => limits.MaxUploadBytes).GreaterThan(0).WithMessage(Positive);
        RuleFor(limits => limits.MaxParts).GreaterThan(0).WithMessage(Positive);
        RuleFor(limits => limits.MaxRawDataBytes).GreaterThan(0).WithMessage(Positive);
        RuleFor(limits => limits.MaxSessionBytes).GreaterThan(0).WithMessage(Positive);
        RuleFor(limits => limits.MaxDocumentBytes).GreaterThan(0).WithMessage(Positive);
        RuleFor(limits => limits.UploadWait)
            .InclusiveBetween(TimeSpan.Zero, TimeSpan.FromDays(1))
            .WithMessage("must be from 00:00:00 to 1.00:00:00");
        RuleFor(limits => limits.BodyTimeout)
            .InclusiveBetween(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1))
            .WithMessage("must be from 00:00:01 to 1.00:00:00");
    }
}

internal sealed class StorageValidator : AbstractValidator<StorageOptions>
{
    public StorageValidator()
    {
        RuleFor(storage => storage.ReclaimAfter).Must(Durations.IsValid).WithMessage(Durations.Message);
        RuleFor(storage => storage.AbandonAfter).Must(Durations.IsValid).WithMessage(Durations.Message);
        RuleFor(storage => storage.Cache!.MaxBytes)
            .GreaterThan(0)
            .When(storage => storage.Cache is not null)
            .WithMessage("must be greater than 0");
        RuleFor(storage => storage.S3 == null ? null : storage.S3.Bucket)
            .NotEmpty()
            .When(storage => storage.S3 is not null || storage.Provider == StorageProvider.S3)
            .WithMessage("must be the name of an existing bucket")
            .OverridePropertyName("S3.Bucket");
        RuleFor(storage => storage.S3!).SetValidator(new S3Validator()).When(storage => storage.S3 is not null);
        RuleFor(storage => storage.Directory == null ? null : storage.Directory.Path)
            .NotEmpty()
            .When(storage => storage.Provider == StorageProvider.Directory)
            .WithMessage("must be the path of an existing directory")
            .OverridePropertyName("Directory.Path");
    }
}

internal sealed class S3Validator : AbstractValidator<S3Options>
{
    public S3Validator()
    {
        RuleFor(s3 => s3.Region).NotEmpty().When(s3 => s3.ServiceUrl is null).WithMessage("is required without a ServiceUrl");
        RuleFor(s3 => s3.ServiceUrl).Custom(RequireAddress).When(s3 => s3.ServiceUrl is not null);

        // The values are never shown: the message names only the missing one.
        RuleFor(s3 => s3.AccessKey).NotEmpty().When(s3 => s3.SecretKey is not null).WithMessage("is required with a SecretKey");
        RuleFor(s3 => s3.SecretKey).NotEmpty().When(s3 => s3.AccessKey is not null).WithMessage("is required with an AccessKey");
    }

    private static void RequireAddress(string? text, ValidationContext<S3Options> context)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            context.AddFailure(new ValidationFailure(context.PropertyPath, "must be an address such as https://s3.example.org", text));
        }
        else if (address.UserInfo.Length > 0)
        {
            context.AddFailure(new ValidationFailure(context.PropertyPath, "must not contain credentials", "an address with a user"));
        }
    }
}

internal sealed class DatabaseValidator : AbstractValidator<DatabaseOptions>
{
    public DatabaseValidator() => RuleFor(database => database.StartTimeout).Must(Durations.IsValid).WithMessage(Durations.Message);
}

internal sealed class CorsValidator : AbstractValidator<CorsSettings>
{
    public CorsValidator() => RuleForEach(cors => cors.Origins)
        .OverrideIndexer((_, _, _, index) => $":{index}")
        .Must(IsOrigin)
        .WithMessage("must be an origin such as https://app.example.org or http://localhost:3000: no path, no wildcard");

    // RFC 6454, section 6.2. The string form of a URI ends with a slash, which is already a path.
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri is { Host.Length: > 0, UserInfo: "" }
        && !text.Contains('*', StringComparison.Ordinal)
        && text.StartsWith($"{uri.Scheme}://", StringComparison.OrdinalIgnoreCase)
        && text.AsSpan(uri.Scheme.Length + 3).IndexOfAny("/?#\\") < 0;
}

internal sealed class TemporarySetsValidator : AbstractValidator<TemporarySetsOptions>
{
    public TemporarySetsValidator()
    {
        RuleFor(sets => sets.TimeToLive).GreaterThan(TimeSpan.Zero).WithMessage("must be longer than 00:00:00");
        RuleFor(sets => sets.TimeToLive).Must(Durations.IsValid).WithMessage(Durations.Message);
    }
}

internal sealed class ArchivesValidator : AbstractValidator<ArchivesOptions>
{
    public ArchivesValidator() =>
        RuleFor(archives => archives.MaxEntries).InclusiveBetween(1, 1_000_000).WithMessage("must be from 1 to 1000000");
}

internal sealed class UploadsValidator : AbstractValidator<UploadsOptions>
{
    public UploadsValidator()
    {
        RuleFor(uploads => uploads.MaxAge).GreaterThan(TimeSpan.Zero).WithMessage("must be longer than 00:00:00");
        RuleFor(uploads => uploads.MaxAge).Must(Durations.IsValid).WithMessage(Durations.Message);
        RuleFor(uploads => uploads.MaxOpen).GreaterThan(0).WithMessage("must be greater than 0");
    }
}

internal sealed class ChangesValidator : AbstractValidator<ChangesOptions>
{
    public ChangesValidator()
    {
        RuleFor(changes => changes.KeepFor).GreaterThan(TimeSpan.Zero).WithMessage("must be longer than 00:00:00");
        RuleFor(changes => changes.KeepFor).Must(Durations.IsValid).WithMessage(Durations.Message);
    }
}

internal sealed partial class PreviewsValidator : AbstractValidator<PreviewsOptions>
{
    private const int MaxPresets = 8;
    private const int MinSide = 16;
    private const int MaxSide = 4096;

    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(10);

    public PreviewsValidator()
    {
        RuleFor(previews => previews.Presets).Custom((presets, context) =>
        {
            if (presets.Count > MaxPresets)
            {
                context.AddFailure(new ValidationFailure("Presets", $"can be {MaxPresets} sizes at most", $"{presets.Count} sizes"));
            }

            foreach (var (name, preset) in presets)
            {
                RequireName(name, context);
                RequireSide(name, nameof(preset.Width), preset.Width, context);
                RequireSide(name, nameof(preset.Height), preset.Height, context);
            }
        });
        RuleFor(previews => previews.MaxSourceBytes).InclusiveBetween(1, 1 << 30).WithMessage("must be from 1 to 1073741824");
        RuleFor(previews => previews.MaxPixels).GreaterThan(0).WithMessage("must be greater than 0");
        RuleFor(previews => previews.MaxMemoryBytes).GreaterThanOrEqualTo(128 << 20).WithMessage("must be 134217728 or more");
        RuleFor(previews => previews.Timeout)
            .InclusiveBetween(TimeSpan.FromSeconds(1), MaxTime)
            .WithMessage("must be from 00:00:01 to 00:10:00");
        RuleFor(previews => previews.WaitFor).InclusiveBetween(TimeSpan.Zero, MaxTime).WithMessage("must be from 00:00:00 to 00:10:00");
        RuleFor(previews => previews.Concurrency).InclusiveBetween(1, 1024).WithMessage("must be from 1 to 1024");
        RuleFor(previews => previews.Queue).InclusiveBetween(0, 100_000).WithMessage("must be from 0 to 100000");
    }

    private static void RequireName(string name, ValidationContext<PreviewsOptions> context)
    {
        if (!PresetName().IsMatch(name))
        {
            context.AddFailure(new ValidationFailure("Presets", "must have names of up to 32 letters, digits, - and _", $"named '{name}'"));
        }
    }

    private static void RequireSide(string name, string side, int pixels, ValidationContext<PreviewsOptions> context)
    {
        if (pixels is < MinSide or > MaxSide)
        {
            context.AddFailure(new ValidationFailure($"Presets.{name}.{side}", $"must be from {MinSide} to {MaxSide}", pixels));
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,32}\\z")]
    private static partial Regex PresetName();
}

internal sealed class WebhooksValidator : AbstractValidator<WebhooksOptions>
{
    public WebhooksValidator()
    {
        RuleForEach(webhooks => webhooks.AllowedNetworks)
            .OverrideIndexer((_, _, _, index) => $":{index}")
            .Must(network => IPNetwork.TryParse(network, out _))
            .WithMessage("must be a network such as 10.1.0.0/16 or fd00::/8");
        RuleForEach(webhooks => webhooks.AllowedPorts)
            .OverrideIndexer((_, _, _, index) => $":{index}")
            .Must(port => ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            .WithMessage("must be from 1 to 65535");
        RuleFor(webhooks => webhooks.Timeout)
            .InclusiveBetween(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))
            .WithMessage("must be from 00:00:01 to 00:05:00");
        RuleFor(webhooks => webhooks.MaxEndpoints).InclusiveBetween(1, 1000).WithMessage("must be from 1 to 1000");
    }
}

internal sealed class LinksValidator : AbstractValidator<LinksOptions>
{
    public LinksValidator()
    {
        RuleForEach(links => links.Keys).OverrideIndexer((_, _, _, index) => $":{index}").SetValidator(links => new LinkKeyValidator(links));
        RuleFor(links => links.MaxLifetime)
            .InclusiveBetween(TimeSpan.FromSeconds(1), TimeSpan.FromDays(3650))
            .WithMessage("must be from 00:00:01 to 3650.00:00:00");
        RuleFor(links => links.Rounding)
            .Must(rounding => rounding >= TimeSpan.Zero && rounding <= TimeSpan.FromDays(1) && rounding.Ticks % TimeSpan.TicksPerSecond == 0)
            .WithMessage("must be whole seconds, from 00:00:00 to 1.00:00:00");
        RuleFor(links => links.BaseUrl)
            .Must(IsAddress)
            .When(links => links.BaseUrl is not null)
            .WithMessage("must be an address such as https://files.example.org, without a path");
    }

    private static bool IsAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", Host.Length: > 0, UserInfo: "", PathAndQuery: "/", Fragment: "" };
}

internal sealed class LinkKeyValidator : AbstractValidator<LinkKeyOptions>
{
    public LinkKeyValidator(LinksOptions links)
    {
        RuleFor(key => key.Id).NotEmpty().WithMessage("must name the key");
        RuleFor(key => key.Id)
            .Must(id => links.Keys.Count(key => key.Id == id) == 1)
            .WithMessage("must name one key only");

        // The value is never shown.
        RuleFor(key => key.Value).Custom((value, context) =>
        {
            var buffer = new byte[value?.Length ?? 0];
            if (!Convert.TryFromBase64String(value ?? "", buffer, out var length) || length < BearerSettings.MinKeyBytes)
            {
                var shown = string.IsNullOrEmpty(value) ? "" : "not usable";
                context.AddFailure(new ValidationFailure(
                    context.PropertyPath, $"must be {BearerSettings.MinKeyBytes} bytes or more, in base64", shown));
            }
        });
    }
}

/// <summary>Durations that can be awaited, and subtracted from the clock.</summary>
internal static class Durations
{
    public const string Message = "must be from 00:00:00 to 3650.00:00:00";

    public static bool IsValid(TimeSpan duration) => duration >= TimeSpan.Zero && duration <= TimeSpan.FromDays(3650);
}
