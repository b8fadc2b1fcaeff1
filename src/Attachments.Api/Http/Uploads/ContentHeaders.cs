using Attachments.Application.Errors;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Attachments.Api.Http.Uploads;

/// <summary>Checks the headers with which a body would not be the whole file as it is.</summary>
internal static class ContentHeaders
{
    /// <exception cref="UnsupportedContentCodingException"><c>content_encoding_unsupported</c></exception>
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

    /// <exception cref="UnsupportedContentCodingException"><c>content_encoding_unsupported</c></exception>
    public static void RequireIdentityEncoding(IDictionary<string, StringValues> headers)
    {
        if (headers.TryGetValue(HeaderNames.ContentEncoding, out var lines) && !lines.All(IsIdentity))
        {
            throw new UnsupportedContentCodingException("content_encoding_unsupported", "Files must be sent without a Content-Encoding.");
        }
    }

    private static bool IsIdentity(string? line) =>
        string.IsNullOrWhiteSpace(line)
        || line.Split(',').All(coding => coding.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase));
}
