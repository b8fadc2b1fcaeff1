using System.Text;
using System.Text.RegularExpressions;
using Attachments.Api.Http.Paths;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>
/// Encoded words of mail headers (RFC 2047), which some clients put into file names though RFC 7578 forbids it:
/// <c>=?utf-8?B?w6Q=?=</c>, <c>=?utf-8?Q?=C3=A4?=</c>.
/// </summary>
internal static partial class EncodedWords
{
    /// <summary>
    /// Replaces the encoded words in <paramref name="text"/>. White space between two of them is theirs, and a character may be split
    /// over them. A word in an unknown charset, or one that does not decode, stays as it is.
    /// </summary>
    public static string Decode(string text)
    {
        var decoded = new StringBuilder(text.Length);
        var pending = new PendingWords(decoded);
        var end = 0;
        foreach (Match word in Word().Matches(text))
        {
            if (Charset(word.Groups["charset"].Value) is not { } charset || Bytes(word) is not { } bytes)
            {
                continue;
            }

            var between = text.AsSpan(end, word.Index - end);
            if (!pending.Any || !between.IsWhiteSpace())
            {
                pending.Flush();
                decoded.Append(between);
            }

            pending.Add(charset, bytes);
            end = word.Index + word.Length;
        }

        pending.Flush();
        return decoded.Append(text, end, text.Length - end).ToString();
    }

    // A charset may carry a language: utf-8*en (RFC 2231, section 5).
    [GeneratedRegex(@"=\?(?<charset>[^?*\s]+)(\*[^?\s]*)?\?(?<encoding>[bBqQ])\?(?<text>[^?]*)\?=", RegexOptions.ExplicitCapture)]
    private static partial Regex Word();

    private static Encoding? Charset(string name) => name.ToLowerInvariant() switch
    {
        "utf-8" or "us-ascii" => Encoding.UTF8,
        "iso-8859-1" => Encoding.Latin1,
        _ => null,
    };

    private static byte[]? Bytes(Match word)
    {
        var text = word.Groups["text"].ValueSpan;
        return word.Groups["encoding"].ValueSpan is "B" or "b" ? FromBase64(text) : FromQuotedPrintable(text);
    }

    private static byte[]? FromBase64(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64Chars(text, bytes, out var written) ? bytes[..written] : null;
    }

    private static byte[]? FromQuotedPrintable(ReadOnlySpan<char> text)
    {
        var escaped = text.ToString().Replace("%", "=25", StringComparison.Ordinal).Replace('=', '%').Replace('_', ' ');
        return PercentEncoding.TryDecode(escaped, out var bytes) ? bytes : null;
    }

    /// <summary>Neighbouring words of one charset, whose bytes are decoded together.</summary>
    private sealed class PendingWords(StringBuilder output)
    {
        private readonly List<byte> bytes = [];
        private Encoding? charset;

        public bool Any => charset is not null;

        public void Add(Encoding next, byte[] word)
        {
            if (charset != next)
            {
                Flush();
            }

            charset = next;
            bytes.AddRange(word);
        }

        public void Flush()
        {
            output.Append(charset?.GetString([.. bytes]));
            bytes.Clear();
            charset = null;
        }
    }
}
