using System.Text;
using System.Text.Unicode;
using Attachments.Api.Http.Media;
using Attachments.Application.Errors;
using Microsoft.Extensions.Primitives;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>The headers of a part (RFC 2046, section 5.1), whose lines may be folded (RFC 5322, section 2.2.3) and end
/// with CRLF: after a bare CR or LF (section 2.2) another header may be meant, and would be lost.</summary>
internal static class PartHeaders
{
    private const string Blanks = " \t";

    /// <summary>Without regard to case. A header that is not UTF-8 is read as Latin-1.</summary>
    /// <param name="head">All lines, each with its end.</param>
    /// <exception cref="InvalidRequestException"><c>multipart_invalid</c></exception>
    public static Dictionary<string, StringValues> Parse(ReadOnlySpan<byte> head)
    {
        var headers = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        while (!head.IsEmpty)
        {
            var (name, value) = Split(NextUnfolded(ref head));
            headers[name] = StringValues.Concat(headers.GetValueOrDefault(name), value);
        }

        return headers;
    }

    public static InvalidRequestException Broken() => new(MultipartBody.Invalid, "A part has an invalid header.");

    private static byte[] NextUnfolded(ref ReadOnlySpan<byte> head)
    {
        var field = new List<byte>();
        do
        {
            var end = head.IndexOf("\r\n"u8);
            field.AddRange(head[..end]);
            head = head[(end + 2)..];
        }
        while (!head.IsEmpty && Blanks.Contains((char)head[0]));
        return [.. field];
    }

    private static (string Name, string Value) Split(byte[] field)
    {
        var text = (Utf8.IsValid(field) ? Encoding.UTF8 : Encoding.Latin1).GetString(field);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? "" : text[..colon].TrimEnd(Blanks.ToCharArray());
        return MediaTypes.IsToken(name) && !text.AsSpan().ContainsAny('\r', '\n') ? (name, text[(colon + 1)..].Trim()) : throw Broken();
    }
}
