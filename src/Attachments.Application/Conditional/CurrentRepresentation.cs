using Attachments.Domain.Content;

namespace Attachments.Application.Conditional;

/// <summary>
/// What a precondition is held against: the representation that a GET of the same resource would serve now
/// (RFC 9110, section 13.1). Where there is none, it is null.
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

    /// <summary>Cut to whole seconds, as HTTP dates are: else the date of a file, sent back, would seem to be before the file.</summary>
    public DateTimeOffset? LastModified { get; }

    /// <summary>Something that is there and has neither tag nor date, so that only <c>*</c> can be asked of it.</summary>
    public static readonly CurrentRepresentation Untagged = new(null, null);

    /// <summary>A stored file.</summary>
    /// <param name="sha256">32 bytes.</param>
    /// <param name="storedAt">When it was stored.</param>
    public static CurrentRepresentation From(byte[] sha256, DateTimeOffset storedAt) => new(Conditional.EntityTag.FromDigest(sha256), storedAt);

    /// <summary>The file that a stored blob holds; null for none.</summary>
    public static CurrentRepresentation? From(Blob? blob) => blob is null ? null : From(blob.Sha256!, blob.StoredAt!.Value);

    private static DateTimeOffset TruncateToSeconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));
}
