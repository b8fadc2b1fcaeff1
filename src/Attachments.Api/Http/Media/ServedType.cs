using System.Text.RegularExpressions;

namespace Attachments.Api.Http.Media;

/// <summary>Makes a Content-Type of a stored media type.</summary>
internal static partial class ServedType
{
    public const string Unknown = "application/octet-stream";

    private const string Name = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*";
    private const string Token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
    private const string Quoted = @"""(?:[ !#-\[\]-~]|\\[ -~])*""";

    /// <summary>
    /// <paramref name="mediaType"/> where it is one (RFC 9110, section 8.3.1, with the names of RFC 6838, section 4.2) in ASCII without
    /// control characters but tabs, else <see cref="Unknown"/>: it came from a client once, and must neither break a response nor say
    /// something else in it. The framework's own parser lets more through.
    /// </summary>
    public static string Sanitize(string mediaType) => MediaType().IsMatch(mediaType) ? mediaType : Unknown;

    // Each parameter is matched atomically: spaces that could belong to either of two would be tried in all combinations.
    [GeneratedRegex($@"\A{Name}/{Name}(?>[ \t]*;[ \t]*(?:{Token}=(?:{Token}|{Quoted}))?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex MediaType();
}
