using Attachments.Application.Errors;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Attachments.Api.Http.Uploads;

/// <summary>Headers that would make the bytes of a body something else than the file.</summary>
internal static class ContentHeaders
{
    /// <exception cref="UnsupportedMediaTypeException"><c>content_encoding_unsupported</c></exception>
    /// <exception cref="InvalidRequestException">
    /// <c>content_range_unsupported</c>: a part of a file cannot be PUT (RFC 9110, section 14.5).
    /// </exception>
    public static void RequireWholeFiles(HttpRequest request)
    {
        RequireIdentityEncoding(request.Headers);
        if (HttpMethods.IsPut(request.Method) && request.Headers.ContainsKey(HeaderNames.ContentRange))
        {
            throw new InvalidRequestException(
                "content_range_unsupported", "A file can only be replaced as a whole, without Content-Range.");
        }
    }

    /// <summary>
    /// For the headers of a part. A file in base64 or quoted-printable would be stored as that text, so it is refused; RFC 7578,
    /// section 4.7, forbids them in forms.
    /// </summary>
    /// <exception cref="UnsupportedMediaTypeException"><c>content_encoding_unsupported</c></exception>
    /// <exception cref="InvalidRequestException"><c>transfer_encoding_unsupported</c></exception>
    public static void RequirePlain(IDictionary<string, StringValues> headers)
    {
        RequireIdentityEncoding(headers);
        if (headers.TryGetValue("Content-Transfer-Encoding", out var lines) && !lines.All(IsPlainTransfer))
        {
            throw new InvalidRequestException(
                "transfer_encoding_unsupported", "The Content-Transfer-Encoding of a part must be 7bit, 8bit or binary.");
        }
    }

    /// <exception cref="UnsupportedMediaTypeException"><c>content_encoding_unsupported</c></exception>
    public static void RequireIdentityEncoding(IDictionary<string, StringValues> headers)
    {
        if (headers.TryGetValue(HeaderNames.ContentEncoding, out var lines) && !lines.All(IsIdentity))
        {
            throw new UnsupportedMediaTypeException("content_encoding_unsupported", "Files must be sent without a Content-Encoding.");
        }
    }

    private static bool IsIdentity(string? line) =>
        string.IsNullOrWhiteSpace(line)
        || line.Split(',').All(coding => coding.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase));

    private static bool IsPlainTransfer(string? line) => line?.Trim().ToLowerInvariant() is null or "" or "7bit" or "8bit" or "binary";
}
