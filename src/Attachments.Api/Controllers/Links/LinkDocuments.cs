using System.Text.Json.Serialization;
using Attachments.Application.Links;
using Attachments.Application.Paging;
using Attachments.Application.Text;

namespace Attachments.Api.Controllers.Links;

/// <summary>The links that were made.</summary>
/// <param name="Links">One for each item, in the order sent.</param>
public sealed record MadeLinksDocument([property: JsonPropertyName("links")] IReadOnlyList<MadeLinkDocument> Links)
{
    internal static MadeLinksDocument From(IReadOnlyList<LinkOutcome> outcomes) => new([.. outcomes.Select(MadeLinkDocument.From)]);
}

/// <summary>A link, or the error that kept it from being made.</summary>
/// <param name="Url">The URL with its token. Whoever has it may make the request.</param>
/// <param name="Method">The method of the request; GET includes HEAD.</param>
/// <param name="ExpiresAt">In UTC (RFC 3339).</param>
/// <param name="Id">If the link is revocable.</param>
/// <param name="Error">Instead of everything else.</param>
public sealed record MadeLinkDocument(
    [property: JsonPropertyName("url"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url,
    [property: JsonPropertyName("method"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Method,
    [property: JsonPropertyName("expires_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ExpiresAt,
    [property: JsonPropertyName("id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Id,
    [property: JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] LinkErrorDocument? Error)
{
    internal static MadeLinkDocument From(LinkOutcome outcome) => outcome switch
    {
        MadeLink { Granted: var granted } made =>
            new(made.Url, granted.Method, Rfc3339.FormatSeconds(granted.ExpiresAt), granted.LinkId, Error: null),
        RefusedLink refused => new(null, null, null, null, new LinkErrorDocument(refused.Status, refused.Code, refused.Detail)),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}

/// <summary>Why a link was not made.</summary>
/// <param name="Status">400 if the item is invalid; otherwise what the caller's own request would be answered.</param>
/// <param name="Code">Stable and machine-readable.</param>
/// <param name="Detail">One sentence.</param>
public sealed record LinkErrorDocument(
    [property: JsonPropertyName("status")] int Status,
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("detail"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail);

/// <summary>A page of revocable links.</summary>
/// <param name="Links">Newest first.</param>
/// <param name="Next">The cursor of the next page, if there is one.</param>
public sealed record LinkListDocument(
    [property: JsonPropertyName("links")] IReadOnlyList<LinkDocument> Links,
    [property: JsonPropertyName("next"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next)
{
    internal static LinkListDocument From(Page<LinkDto> page) => new([.. page.Items.Select(LinkDocument.From)], page.Next);
}

/// <summary>A revocable link, without its token.</summary>
/// <param name="Id">The link.</param>
/// <param name="Method">The method of the request that it grants.</param>
/// <param name="Target">The path of that request.</param>
/// <param name="ExpiresAt">In UTC (RFC 3339).</param>
/// <param name="Uses">Downloads from the first byte on, and uploads stored.</param>
/// <param name="MaxUses">If there is a limit.</param>
/// <param name="LastUsedAt">If it has been used.</param>
/// <param name="RevokedAt">If it has been revoked.</param>
public sealed record LinkDocument(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("target")] string Target,
    [property: JsonPropertyName("expires_at")] string ExpiresAt,
    [property: JsonPropertyName("uses")] int Uses,
    [property: JsonPropertyName("max_uses"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MaxUses,
    [property: JsonPropertyName("last_used_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LastUsedAt,
    [property: JsonPropertyName("revoked_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RevokedAt)
{
    internal static LinkDocument From(LinkDto link) => new(
        link.Id,
        link.Method,
        link.Target,
        Rfc3339.FormatSeconds(link.ExpiresAt),
        link.Uses,
        link.MaxUses,
        link.LastUsedAt is { } used ? Rfc3339.FormatSeconds(used) : null,
        link.RevokedAt is { } revoked ? Rfc3339.FormatSeconds(revoked) : null);
}
