namespace Attachments.Application.Conditional;

/// <summary>The value of an If-Match or If-None-Match header: any representation, or a list of tags.</summary>
public sealed class EntityTagCondition
{
    /// <summary>The value <c>*</c>: any current representation.</summary>
    public static readonly EntityTagCondition Any = new(null);

    private readonly IReadOnlyList<EntityTag>? tags;

    private EntityTagCondition(IReadOnlyList<EntityTag>? tags) => this.tags = tags;

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
