using Attachments.Domain.Content;

namespace Attachments.Application.Access;

/// <summary>The one request that a signed link grants.</summary>
/// <param name="Maker">The user who made the link, and on whose behalf an upload by it is stored.</param>
/// <param name="Method">GET (and HEAD), PUT or POST.</param>
/// <param name="Target">The path, byte for byte as it is sent.</param>
/// <param name="ExpiresAt">In whole seconds.</param>
public sealed record GrantedRequest(Guid Maker, string Method, string Target, DateTimeOffset ExpiresAt)
{
    /// <summary>The id of a link that can be revoked; null: the token alone decides.</summary>
    public Guid? LinkId { get; init; }

    /// <summary>The SHA-256 of the only content that may be downloaded, in lower-case hex; null: whatever is there.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether a download is shown in place; null: the query decides.</summary>
    public bool? Inline { get; init; }

    /// <summary>The name that a download suggests; null: that of the file.</summary>
    public FileName? FileName { get; init; }

    /// <summary>The attachments that may be downloaded as an archive: ascending ids, separated by commas; null: it is no such archive.</summary>
    public string? Ids { get; init; }

    /// <summary>Shared caches may keep the content, which is pinned.</summary>
    public bool IsPublic { get; init; }

    /// <summary>The largest file that may be uploaded, in bytes; null: only the service's own limit applies.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>The media type that an upload must have, such as <c>image/*</c>; null: any.</summary>
    public string? MediaType { get; init; }

    /// <summary>An upload replaces nothing, as with <c>If-None-Match: *</c>.</summary>
    public bool CreateOnly { get; init; }
}
