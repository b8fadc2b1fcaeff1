using Attachments.Application.Errors;
using Microsoft.Extensions.Primitives;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>
/// The Content-Transfer-Encoding of a part (RFC 2045, section 6). RFC 7578, section 4.7, deprecates it in forms, but clients that were
/// made for mail send it.
/// </summary>
internal static class TransferEncoding
{
    private const string Header = "Content-Transfer-Encoding";

    /// <summary>Decodes the content of a part while it is read.</summary>
    /// <param name="headers">The headers of the part.</param>
    /// <param name="content">As it was sent.</param>
    /// <exception cref="InvalidRequestException">
    /// <c>transfer_encoding_unsupported</c>; when the content is read: <c>transfer_encoding_invalid</c>.
    /// </exception>
    public static Stream Decode(IDictionary<string, StringValues> headers, Stream content)
    {
        var encodings = headers.TryGetValue(Header, out var lines)
            ? lines.Select(line => line!.ToLowerInvariant()).Distinct().ToList()
            : [];
        return encodings switch
        {
            [] or ["" or "7bit" or "8bit" or "binary"] => content,
            ["base64"] => new Base64Stream(content),
            ["quoted-printable"] => new QuotedPrintableStream(content),
            _ => throw new InvalidRequestException(
                "transfer_encoding_unsupported",
                "The Content-Transfer-Encoding of a part must be 7bit, 8bit, binary, base64 or quoted-printable."),
        };
    }
}
