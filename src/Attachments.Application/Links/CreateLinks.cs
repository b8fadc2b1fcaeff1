using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Application.Text;
using Attachments.Domain;
using Attachments.Domain.Content;
using Attachments.Domain.Links;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Links;

/// <summary>Makes links, each for a request that the caller may make now.</summary>
/// <param name="Items">Reads the body.</param>
/// <param name="Preconditions">Of links that are not there yet.</param>
public sealed record CreateLinks(ReadBody<IReadOnlyList<LinkItem>> Items, Preconditions Preconditions) : IRequest<IReadOnlyList<LinkOutcome>>
{
    public const int MaxItems = 1000;
}

/// <summary>One link that is asked for.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Address">The address of the service that the URL begins with, without a slash at its end.</param>
/// <param name="Target">The path of the request, as it is sent.</param>
/// <param name="Query">The query that the URL has besides the token, with its question mark; empty for none.</param>
public sealed record LinkItem(string Method, string Address, string Target, string Query)
{
    /// <summary>What is wrong with the item, so that nothing else of it counts; null if nothing is.</summary>
    public RequestException? Fault { get; init; }

    /// <summary>In seconds; null: the default.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary><c>inline</c> or <c>attachment</c>.</summary>
    public string? Disposition { get; init; }

    public string? FileName { get; init; }

    /// <summary>Only for the content of now.</summary>
    public bool Pin { get; init; }

    public bool Public { get; init; }

    public bool Revocable { get; init; }

    public long? MaxUses { get; init; }

    public long? MaxBytes { get; init; }

    public string? MediaType { get; init; }

    public bool CreateOnly { get; init; }

    public bool IsDownload => Method == "GET";

    public static LinkItem Faulty(RequestException fault) => new("", "", "", "") { Fault = fault };
}

/// <summary>What became of an item.</summary>
public abstract record LinkOutcome;

/// <param name="Granted">What the link is for.</param>
/// <param name="Url">With its token.</param>
public sealed record MadeLink(GrantedRequest Granted, string Url) : LinkOutcome;

/// <param name="Status">What the request itself would be answered; 400 if the item is invalid.</param>
/// <param name="Code">See <see cref="RequestException.Code"/>.</param>
/// <param name="Detail">One sentence; null for none.</param>
public sealed record RefusedLink(int Status, string Code, string? Detail) : LinkOutcome;

public sealed class LinkItemValidator : AbstractValidator<LinkItem>
{
    private const string ForDownloads = "is for downloads only";
    private const string ForUploads = "is for uploads only";

    public LinkItemValidator(IOptions<LinksOptions> options)
    {
        var maxSeconds = (long)options.Value.MaxLifetime.TotalSeconds;
        RuleFor(item => item.ExpiresIn)
            .InclusiveBetween(1, maxSeconds)
            .WithMessage($"must be 1 to {maxSeconds} seconds")
            .OverridePropertyName("expires_in");
        RuleFor(item => item.Disposition)
            .Must(disposition => disposition is null or "inline" or "attachment")
            .WithMessage("must be inline or attachment")
            .OverridePropertyName("disposition");
        RuleFor(item => item.Public).Must((item, isPublic) => !isPublic || item.Pin).WithMessage("needs pin").OverridePropertyName("public");
        RuleFor(item => item.MaxUses).InclusiveBetween(1, 10_000).WithMessage("must be 1 to 10000").OverridePropertyName("max_uses");
        RuleFor(item => item.MaxBytes).GreaterThanOrEqualTo(0).WithMessage("must be 0 or more").OverridePropertyName("max_bytes");
        RuleFor(item => item.MediaType)
            .Must(range => range is null || MediaTypeRange.IsValid(range))
            .WithMessage("must be a media type such as image/png or image/*")
            .OverridePropertyName("media_type");
        When(item => item.IsDownload, () =>
        {
            RuleFor(item => item.MaxBytes).Null().WithMessage(ForUploads).OverridePropertyName("max_bytes");
            RuleFor(item => item.MediaType).Null().WithMessage(ForUploads).OverridePropertyName("media_type");
            RuleFor(item => item.CreateOnly).Equal(false).WithMessage(ForUploads).OverridePropertyName("create_only");
        }).Otherwise(() =>
        {
            RuleFor(item => item.Disposition).Null().WithMessage(ForDownloads).OverridePropertyName("disposition");
            RuleFor(item => item.FileName).Null().WithMessage(ForDownloads).OverridePropertyName("filename");
            RuleFor(item => item.Pin).Equal(false).WithMessage(ForDownloads).OverridePropertyName("pin");
        });
    }
}

public sealed class CreateLinksHandler(
    IAttachmentsDb db,
    Caller caller,
    IValidator<LinkItem> validator,
    ILinkTargets targets,
    ILinkSigner signer,
    IOptions<LinksOptions> options,
    TimeProvider time)
    : IRequestHandler<CreateLinks, IReadOnlyList<LinkOutcome>>
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    /// <exception cref="NotFoundException"><c>links_off</c></exception>
    public async Task<IReadOnlyList<LinkOutcome>> Handle(CreateLinks request, CancellationToken cancellationToken)
    {
        if (!signer.HasKey)
        {
            throw LinkErrors.Off();
        }

        request.Preconditions.RequireForWrite(null);
        var outcomes = new List<LinkOutcome>();
        var rows = new List<Link>();
        foreach (var item in await request.Items(cancellationToken))
        {
            outcomes.Add(await Make(item, rows, cancellationToken));
        }

        if (rows.Count > 0)
        {
            await db.Change(
                _ =>
                {
                    db.Links.AddRange(rows);
                    return Unit.Task;
                },
                cancellationToken);
        }

        return outcomes;
    }

    private async Task<LinkOutcome> Make(LinkItem item, List<Link> rows, CancellationToken cancellationToken)
    {
        if (FindFault(item) is { } fault)
        {
            return fault;
        }

        var check = await targets.Check(item.Method, item.Target + QueryWithDisposition(item), cancellationToken);
        if (check.Refusal is { } refusal)
        {
            return refusal;
        }

        var granted = Grant(item, check);
        if (item.Revocable || item.MaxUses is not null)
        {
            var row = Link.Create(caller.UserId, item.Method, item.Target, granted.ExpiresAt, (int?)item.MaxUses, time.GetUtcNow());
            rows.Add(row);
            granted = granted with { LinkId = row.Id };
        }

        var separator = item.Query.Length > 0 ? '&' : '?';
        return new MadeLink(granted, $"{item.Address}{item.Target}{item.Query}{separator}link={signer.Sign(granted)}");
    }

    /// <summary>Not every download takes one.</summary>
    private static string QueryWithDisposition(LinkItem item) =>
        item.Disposition is null || item.Query.Contains("disposition=", StringComparison.Ordinal)
            ? item.Query
            : $"{item.Query}{(item.Query.Length > 0 ? '&' : '?')}disposition={item.Disposition}";

    private RefusedLink? FindFault(LinkItem item)
    {
        if (item.Fault is { } fault)
        {
            return new RefusedLink(400, fault.Code, fault.Message);
        }

        if (validator.Validate(item).Errors is [var error, ..])
        {
            return new RefusedLink(400, "validation_failed", $"{error.PropertyName} {error.ErrorMessage}.");
        }

        try
        {
            _ = item.FileName is null ? null : FileName.From(item.FileName);
            return null;
        }
        catch (DomainException invalid)
        {
            return new RefusedLink(400, invalid.Code, invalid.Message);
        }
    }

    private GrantedRequest Grant(LinkItem item, TargetCheck check)
    {
        var lifetime = item.ExpiresIn is { } seconds ? TimeSpan.FromSeconds(seconds) : Shorter(DefaultLifetime, options.Value.MaxLifetime);
        return new GrantedRequest(caller.UserId, item.Method, item.Target, LinkLifetime.RoundUp(time.GetUtcNow() + lifetime, options.Value.Rounding))
        {
            Sha256 = item.Pin ? check.Sha256 : null,
            Ids = check.Ids,
            Inline = item.Disposition is null ? null : item.Disposition == "inline",
            FileName = item.FileName is null ? null : FileName.From(item.FileName),
            IsPublic = item.Public,
            MaxBytes = item.MaxBytes,
            MediaType = item.MediaType,
            CreateOnly = item.CreateOnly,
        };
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
