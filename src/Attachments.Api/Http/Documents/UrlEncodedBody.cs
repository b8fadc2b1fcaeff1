using System.Net;
using System.Runtime.CompilerServices;
using Attachments.Application.Errors;
using Attachments.Application.Settings;

namespace Attachments.Api.Http.Documents;

/// <summary>
/// A request's body as an urlencoded form, read as the URL Standard parses one (section 5.1), its fields in the order sent. It is split at
/// <c>&amp;</c>; empty pieces are skipped; a piece without <c>=</c> is a name with an empty value. Bytes that are not valid in the charset
/// are refused, while the standard would replace them.
/// </summary>
internal static class UrlEncodedBody
{
    /// <exception cref="InvalidRequestException">See <see cref="FormTextDecoder.Decode"/> and <see cref="DocumentBody"/>.</exception>
    /// <exception cref="UnsupportedMediaTypeException"><c>charset_unsupported</c></exception>
    public static async IAsyncEnumerable<KeyValuePair<string, string>> Read(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var charset = Charset.DeclaredBy(request.ContentType);
        var texts = new FormTextDecoder(charset is null ? null : Charset.RequireAsciiCompatible(charset));
        await using var body = DocumentBody.Open(request, limits);
        using var window = new DocumentBuffer(body);
        while (!window.IsLast)
        {
            await window.Fill(cancellationToken);
            while (TryTake(window, out var piece))
            {
                if (piece.Length > 0)
                {
                    yield return ParseField(piece, texts);
                }
            }
        }
    }

    /// <summary>Takes the next piece; false: it has not arrived completely, or there are no more.</summary>
    private static bool TryTake(DocumentBuffer window, out byte[] piece)
    {
        piece = [];
        var bytes = window.Bytes;
        var end = bytes.IndexOf((byte)'&');
        if (end < 0 && (!window.IsLast || bytes.IsEmpty))
        {
            return false;
        }

        piece = (end < 0 ? bytes : bytes[..end]).ToArray();
        window.Consume(end < 0 ? bytes.Length : end + 1);
        return true;
    }

    private static KeyValuePair<string, string> ParseField(byte[] piece, FormTextDecoder texts)
    {
        var end = piece.AsSpan().IndexOf((byte)'=');
        var name = texts.Decode("", PercentDecode(piece, 0, end < 0 ? piece.Length : end));
        return KeyValuePair.Create(name, end < 0 ? "" : texts.Decode(name, PercentDecode(piece, end + 1, piece.Length - end - 1)));
    }

    // A percent sign without two hexadecimal digits behind it stays one, as the standard says.
    private static byte[] PercentDecode(byte[] piece, int offset, int count) => WebUtility.UrlDecodeToBytes(piece, offset, count)!;
}
