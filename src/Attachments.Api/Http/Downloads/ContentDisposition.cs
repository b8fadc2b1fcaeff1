using System.Text;

namespace Attachments.Api.Http.Downloads;

/// <summary>The Content-Disposition field of a download (RFC 6266).</summary>
internal static class ContentDisposition
{
    private const string AttrChars = "!#$&+-.^_`|~";

    /// <summary>
    /// Contains <c>filename</c> in unambiguous ASCII, and, if that is not the exact name, <c>filename*</c> (RFC 8187), which clients
    /// prefer.
    /// </summary>
    /// <param name="fileName">Any text; lone surrogates become U+FFFD.</param>
    /// <param name="inline">Whether to display the file instead of saving it.</param>
    public static string Format(string fileName, bool inline)
    {
        var type = inline ? "inline" : "attachment";
        var plain = Plain(fileName);
        return plain == fileName
            ? $"{type}; filename=\"{plain}\""
            : $"{type}; filename=\"{plain}\"; filename*=UTF-8''{Encoded(fileName)}";
    }

    private static string Plain(string fileName)
    {
        var plain = new StringBuilder(fileName.Length);
        foreach (var rune in fileName.EnumerateRunes())
        {
            plain.Append(IsPlain(rune) ? (char)rune.Value : '_');
        }

        return plain.ToString();
    }

    // Clients differ on whether a backslash escapes and whether %41 is an A (RFC 6266, appendix D); a slash may be taken for a path.
    private static bool IsPlain(Rune rune) => rune.Value is >= ' ' and < 0x7f && rune.Value is not ('"' or '\\' or '%' or '/');

    private static string Encoded(string fileName)
    {
        var encoded = new StringBuilder(fileName.Length * 3);
        foreach (var octet in Encoding.UTF8.GetBytes(fileName))
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || AttrChars.Contains((char)octet))
            {
                encoded.Append((char)octet);
            }
            else
            {
                encoded.Append('%').Append(octet.ToString("X2", null));
            }
        }

        return encoded.ToString();
    }
}
