using Attachments.Application.Errors;

namespace Attachments.Api.Http.Media;

/// <summary>Media types without their parameters (RFC 9110, section 8.3.1).</summary>
internal static class MediaTypes
{
    public const string OctetStream = "application/octet-stream";
    public const string Json = "application/json";
    public const string EventStream = "text/event-stream";
    public const string UrlEncodedForm = "application/x-www-form-urlencoded";
    public const string MultipartForm = "multipart/form-data";

    /// <summary>Any of several parts (RFC 2046, section 5.1), in a request.</summary>
    public const string AnyMultipart = "multipart/*";

    /// <summary>The longest one that is believed, in characters.</summary>
    public const int MaxLength = 255;

    private const string TokenSymbols = "!#$%&'*+-.^_`|~";

    /// <summary>
    /// Returns <c>type/subtype</c> in lower case, without checking the parameters. Null: the header is absent, or its text before the first
    /// <c>;</c> is not a media type or is longer than <see cref="MaxLength"/>.
    /// </summary>
    public static string? Parse(string? contentType)
    {
        var essence = contentType.AsSpan();
        var end = essence.IndexOf(';');
        essence = (end < 0 ? essence : essence[..end]).Trim();
        var slash = essence.IndexOf('/');
        return slash >= 0 && essence.Length <= MaxLength && IsToken(essence[..slash]) && IsToken(essence[(slash + 1)..])
            ? essence.ToString().ToLowerInvariant()
            : null;
    }

    /// <summary>Whether a Content-Type is <c>multipart/*</c>.</summary>
    public static bool IsMultipart(string? contentType) => Parse(contentType)?.StartsWith("multipart/", StringComparison.Ordinal) == true;

    /// <summary>The refusal of a body that is of none of <paramref name="supported"/>.</summary>
    /// <param name="sentence">The sentence that they end: <c>A claim is sent as</c>.</param>
    /// <param name="supported">At least one.</param>
    public static UnsupportedMediaTypeException Unsupported(string sentence, params string[] supported)
    {
        var last = supported[^1];
        var list = supported.Length == 1 ? last : $"{string.Join(", ", supported[..^1])} or {last}";
        return new UnsupportedMediaTypeException("media_type_unsupported", $"{sentence} {list}.", supported);
    }

    /// <summary>A token (RFC 9110, section 5.6.2).</summary>
    public static bool IsToken(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && !TokenSymbols.Contains(character))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }
}
