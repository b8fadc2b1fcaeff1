namespace Attachments.Testing.Http;

/// <summary>
/// The conditions of a request as they are meant, from which its fields are made, and what RFC 9110, section 13.2.2, makes of them step by
/// step: a reference to compare the service with.
/// </summary>
/// <param name="IfMatch">Null: not sent.</param>
/// <param name="IfUnmodifiedSince">Seconds after Last-Modified; null: not sent.</param>
/// <param name="IfNoneMatch">Null: not sent.</param>
/// <param name="IfModifiedSince">Seconds after Last-Modified; null: not sent.</param>
public sealed record PreconditionModel(TagsMeant? IfMatch, int? IfUnmodifiedSince, TagsMeant? IfNoneMatch, int? IfModifiedSince)
{
    /// <summary>200 for whatever the method does where no condition is in its way, 304 or 412.</summary>
    public int OfRead()
    {
        // 1. and 2.
        if (IfMatch is { } match)
        {
            if (!match.HoldStrongly)
            {
                return 412;
            }
        }
        else if (IfUnmodifiedSince is < 0)
        {
            return 412;
        }

        // 3. and 4.
        if (IfNoneMatch is { } noneMatch)
        {
            return noneMatch.HoldWeakly ? 304 : 200;
        }

        return IfModifiedSince is >= 0 ? 304 : 200;
    }

    /// <summary>200 for whatever the method does where no condition is in its way, or 412.</summary>
    public int OfWrite()
    {
        var isMeant = IfMatch is { } match ? match.HoldStrongly : IfUnmodifiedSince is not < 0;
        return isMeant && IfNoneMatch is not { HoldWeakly: true } ? 200 : 412;
    }
}

/// <summary>What a list of entity tags names, held against what is there.</summary>
/// <param name="Text">The field's value, with <c>{0}</c> for the tag of what is there, quotation marks included.</param>
/// <param name="HoldStrongly">By strong comparison.</param>
/// <param name="HoldWeakly">By weak comparison.</param>
public sealed record TagsMeant(string Text, bool HoldStrongly, bool HoldWeakly)
{
    public static readonly IReadOnlyList<TagsMeant> All =
    [
        new("*", true, true),
        new("{0}", true, true),
        new("W/{0}", false, true),
        new("\"x\"", false, false),
        new("\"x\", {0}", true, true),
        new("{0},\"a,b\" , ", true, true),
        new("\"x\",\tW/{0}", false, true),
        new("W/{0}, {0}", true, true),
        new("\"\"", false, false),
        new(", ,", false, false),
    ];
}
