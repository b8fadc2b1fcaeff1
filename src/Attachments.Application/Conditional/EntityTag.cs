using System.Globalization;

namespace Attachments.Application.Conditional;

/// <summary>An entity tag (RFC 9110, section 8.8.3).</summary>
/// <param name="Opaque">The text between the quotes.</param>
/// <param name="IsWeak">It was written <c>W/"…"</c>.</param>
public readonly record struct EntityTag(string Opaque, bool IsWeak = false)
{
    /// <summary>The strong tag of stored bytes: their SHA-256 in lower-case hex.</summary>
    /// <param name="sha256">32 bytes.</param>
    public static EntityTag FromDigest(byte[] sha256) => new(Convert.ToHexStringLower(sha256));

    /// <summary>The strong tag of one version of a resource without bytes of its own.</summary>
    /// <param name="id">The internal id. A resource that is deleted and created again at the same address must have a new one.</param>
    /// <param name="revision">Counts its changes.</param>
    public static EntityTag FromVersion(Guid id, long revision) => new($"{id:N}-{revision.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Strong comparison (RFC 9110, section 8.8.3.2): the tags are the same, and neither is weak.</summary>
    public bool EqualsStrongly(EntityTag other) => !IsWeak && !other.IsWeak && EqualsWeakly(other);

    /// <summary>Weak comparison (RFC 9110, section 8.8.3.2): the same between the quotes.</summary>
    public bool EqualsWeakly(EntityTag other) => string.Equals(Opaque, other.Opaque, StringComparison.Ordinal);

    /// <summary>The tag as a header value.</summary>
    public override string ToString() => IsWeak ? $"W/\"{Opaque}\"" : $"\"{Opaque}\"";
}

/// <summary>The value of an If-Match or If-None-Match header: any representation, or a list of tags.</summary>
public sealed class EntityTagCondition
{
    /// <summary>The value <c>*</c>: any current representation.</summary>
    public static readonly EntityTagCondition Any = new(null);

    private readonly IReadOnlyList<EntityTag>? tags;

    private EntityTagCondition(IReadOnlyList<EntityTag>? tags) => this.tags = tags;

    /// <summary>The tags of the list; null for <c>*</c>.</summary>
    public IReadOnlyList<EntityTag>? Tags => tags;

    /// <summary>A list of tags. An empty list matches nothing.</summary>
    public static EntityTagCondition OneOf(IReadOnlyList<EntityTag> tags) => new(tags);

    /// <summary>Whether it names <paramref name="current"/> by strong comparison, as If-Match does (RFC 9110, section 13.1.1).</summary>
    public bool MatchesStrongly(CurrentRepresentation? current) => Matches(current, (named, tag) => named.EqualsStrongly(tag));

    /// <summary>Whether it names <paramref name="current"/> by weak comparison, as If-None-Match does (RFC 9110, section 13.1.2).</summary>
    public bool MatchesWeakly(CurrentRepresentation? current) => Matches(current, (named, tag) => named.EqualsWeakly(tag));

    private bool Matches(CurrentRepresentation? current, Func<EntityTag, EntityTag, bool> same)
    {
        if (current is null)
        {
            return false;
        }

        return tags is null || (current.EntityTag is { } tag && tags.Any(named => same(named, tag)));
    }
}
