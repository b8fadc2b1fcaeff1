using Attachments.Application.Conditional;

namespace Attachments.Api.Http.Conditional;

/// <summary>Reads entity tags (RFC 9110, section 8.8.3).</summary>
internal static class EntityTagParser
{
    /// <summary>The value of If-Match or If-None-Match: <c>*</c>, or a list of tags, which may be empty and have empty elements.</summary>
    /// <returns>Null: it is neither.</returns>
    public static EntityTagCondition? ParseCondition(string value) =>
        value == "*" ? EntityTagCondition.Any : ParseList(value) is { } tags ? EntityTagCondition.OneOf(tags) : null;

    /// <summary>A value that is one tag, and nothing else.</summary>
    public static EntityTag? ParseSingle(string value)
    {
        ReadOnlySpan<char> rest = value;
        return Take(ref rest) is { } tag && rest.IsEmpty ? tag : null;
    }

    private static List<EntityTag>? ParseList(ReadOnlySpan<char> rest)
    {
        var tags = new List<EntityTag>();
        while (true)
        {
            if (Take(ref rest) is { } tag)
            {
                tags.Add(tag);
            }

            rest = rest.TrimStart(" \t");
            if (rest.IsEmpty)
            {
                return tags;
            }

            if (rest[0] != ',')
            {
                return null;
            }

            rest = rest[1..].TrimStart(" \t");
        }
    }

    /// <summary>Reads a tag from the start of the text; null if there is none, and nothing is consumed.</summary>
    private static EntityTag? Take(ref ReadOnlySpan<char> text)
    {
        var isWeak = text.StartsWith("W/");
        var quoted = isWeak ? text[2..] : text;
        if (quoted.IsEmpty || quoted[0] != '"')
        {
            return null;
        }

        var length = quoted[1..].IndexOf('"');
        if (length < 0 || quoted.Slice(1, length).ContainsAnyInRange('\0', ' ') || quoted.Slice(1, length).Contains('\x7f'))
        {
            return null;
        }

        text = quoted[(length + 2)..];
        return new EntityTag(quoted.Slice(1, length).ToString(), isWeak);
    }
}
