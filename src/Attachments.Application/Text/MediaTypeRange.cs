using System.Text.RegularExpressions;

namespace Attachments.Application.Text;

/// <summary>A media type, or all of a kind: <c>image/png</c>, <c>image/*</c>, <c>*/*</c> (RFC 9110, section 12.5.1), without parameters.</summary>
public static partial class MediaTypeRange
{
    private const string Name = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}";

    public static bool IsValid(string range) => Form().IsMatch(range);

    /// <summary>Whether a media type is in the range. Its parameters do not count.</summary>
    public static bool Includes(string range, string mediaType)
    {
        var type = mediaType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return range == "*/*"
            || (range.EndsWith("/*", StringComparison.Ordinal)
                ? type.StartsWith(range.AsSpan(0, range.Length - 1), StringComparison.OrdinalIgnoreCase)
                : type.Equals(range, StringComparison.OrdinalIgnoreCase));
    }

    [GeneratedRegex($@"\A(?:\*/\*|{Name}/(?:\*|{Name}))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
