using Attachments.Api.Http.Cors;
using Attachments.Application.Common;
using Attachments.Infrastructure.Persistence;
using FluentValidation;

namespace Attachments.Api.Startup;

internal sealed class LimitsValidator : AbstractValidator<LimitsOptions>
{
    private const string Positive = "must be greater than 0";

    public LimitsValidator()
    {
        RuleFor(limits => limits.MaxUploadBytes).GreaterThan(0).WithMessage(Positive);
        RuleFor(limits => limits.MaxParts).GreaterThan(0).WithMessage(Positive);
        RuleFor(limits => limits.MaxRawDataBytes).GreaterThan(0).WithMessage(Positive);
        RuleFor(limits => limits.MaxDocumentBytes).GreaterThan(0).WithMessage(Positive);
    }
}

internal sealed class StorageValidator : AbstractValidator<StorageOptions>
{
    public StorageValidator()
    {
        RuleFor(storage => storage.ReclaimAfter).Must(Durations.AreBearable).WithMessage(Durations.Message);
        RuleFor(storage => storage.AbandonAfter).Must(Durations.AreBearable).WithMessage(Durations.Message);
    }
}

internal sealed class DatabaseValidator : AbstractValidator<DatabaseOptions>
{
    public DatabaseValidator() => RuleFor(database => database.StartTimeout).Must(Durations.AreBearable).WithMessage(Durations.Message);
}

internal sealed class CorsValidator : AbstractValidator<CorsSettings>
{
    public CorsValidator() => RuleForEach(cors => cors.Origins)
        .OverrideIndexer((_, _, _, index) => $":{index}")
        .Must(IsOrigin)
        .WithMessage("must be an origin, as https://app.example.org or http://localhost:3000: no path, no wildcard");

    // RFC 6454, section 6.2. The URI's own form ends in a slash, which is a path already.
    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri is { Host.Length: > 0, UserInfo: "" }
        && !text.Contains('*', StringComparison.Ordinal)
        && text.StartsWith($"{uri.Scheme}://", StringComparison.OrdinalIgnoreCase)
        && text.AsSpan(uri.Scheme.Length + 3).IndexOfAny("/?#\\") < 0;
}

/// <summary>Durations that can be waited for, and taken from the clock.</summary>
internal static class Durations
{
    public const string Message = "must be from 00:00:00 to 3650.00:00:00";

    public static bool AreBearable(TimeSpan duration) => duration >= TimeSpan.Zero && duration <= TimeSpan.FromDays(3650);
}
