using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Attachments.Api.Http.Paths;

/// <summary>Percent-encoding (RFC 3986, section 2.1).</summary>
internal static class PercentEncoding
{
    /// <summary>
    /// Decodes once. False: a <c>%</c> without two hexadecimal digits, or a character outside of ASCII, which has to be encoded.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        var decoded = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAscii(text[i]))
            {
                return false;
            }

            if (text[i] != '%')
            {
                decoded.Add((byte)text[i]);
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return false;
            }

            decoded.AddRange(Convert.FromHexString(text.Slice(i + 1, 2)));
            i += 2;
        }

        bytes = [.. decoded];
        return true;
    }

    /// <summary>
    /// Decodes once, to text. False also when the bytes are not well-formed UTF-8; overlong forms and surrogates are not.
    /// </summary>
    public static bool TryDecodeUtf8(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? decoded)
    {
        if (!text.Contains('%') && Ascii.IsValid(text))
        {
            decoded = text.ToString();
            return true;
        }

        decoded = TryDecode(text, out var bytes) && Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
        return decoded is not null;
    }
}
