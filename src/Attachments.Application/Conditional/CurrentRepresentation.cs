using Attachments.Domain.Content;

namespace Attachments.Application.Conditional;

/// <summary>
/// The representation that preconditions are evaluated against: the one that a GET of the same resource would serve now (RFC 9110, section
/// 13.1). Null if there is none.
/// </summary>
public sealed record CurrentRepresentation
{
    /// <param name="entityTag">Null: the resource has no entity tag, so only <c>*</c> names it.</param>
    /// <param name="modifiedAt">Null: the resource has no modification date, so conditions on dates are ignored.</param>
    public CurrentRepresentation(EntityTag? entityTag, DateTimeOffset? modifiedAt)
    {
        EntityTag = entityTag;
        LastModified = modifiedAt is { } time ? TruncateToSeconds(time) : null;
    }

    public EntityTag? EntityTag { get; }

    /// <summary>
    /// Truncated to whole seconds, like HTTP dates. Otherwise a file would seem newer than its own date when a client sends that date back.
    /// </summary>
    public DateTimeOffset? LastModified { get; }

    /// <summary>A resource that exists but has neither entity tag nor date. Only <c>*</c> matches it.</summary>
    public static readonly CurrentRepresentation Untagged = new(null, null);

    /// <summary>A stored file.</summary>
    /// <param name="sha256">32 bytes.</param>
    /// <param name="storedAt">When it was stored.</param>
    public static CurrentRepresentation From(byte[] sha256, DateTimeOffset storedAt) =>
        new(Conditional.EntityTag.FromDigest(sha256), storedAt);

    /// <summary>The file that a stored blob holds; null for none.</summary>
    public static CurrentRepresentation? From(Blob? blob) => blob is null ? null : From(blob.Sha256!, blob.StoredAt!.Value);

    private static DateTimeOffset TruncateToSeconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));
}
