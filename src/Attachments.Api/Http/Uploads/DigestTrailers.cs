using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Attachments.Api.Http.Uploads;

/// <summary>
/// The digests in the trailer section of a request (RFC 9110, section 6.5): of a chunked body of HTTP/1.1, and of any of HTTP/2. The header
/// <c>Trailer</c> announces them, so that they can be computed on the way.
/// </summary>
internal static class DigestTrailers
{
    private static readonly Dictionary<string, string[]> AlgorithmsByField = new(StringComparer.OrdinalIgnoreCase)
    {
        [HeaderNames.ContentMD5] = [DigestAlgorithms.Md5],
        ["Content-Digest"] = [DigestAlgorithms.Md5, DigestAlgorithms.Sha256, DigestAlgorithms.Sha512],
        ["Repr-Digest"] = [DigestAlgorithms.Md5, DigestAlgorithms.Sha256, DigestAlgorithms.Sha512],
    };

    /// <summary>Null: the request can have no trailer section, and announces no digest in one.</summary>
    public static TrailingDigests? From(HttpRequest request)
    {
        var announced = request.Headers.GetCommaSeparatedValues(HeaderNames.Trailer).Where(AlgorithmsByField.ContainsKey).ToList();
        return announced.Count > 0 || request.SupportsTrailers()
            ? new TrailingDigests([.. announced.SelectMany(field => AlgorithmsByField[field])], () => Read(request, announced))
            : null;
    }

    private static ExpectedDigests Read(HttpRequest request, List<string> announced)
    {
        var trailers = request.CheckTrailersAvailable()
            ? request.HttpContext.Features.GetRequiredFeature<IHttpRequestTrailersFeature>().Trailers
            : new HeaderDictionary();
        return announced.Find(field => !trailers.ContainsKey(field)) is { } missing
            ? throw new InvalidRequestException(
                "digest_missing", $"The trailer section has no {missing}, although the Trailer header announces it.")
            : DigestHeaders.Read(trailers);
    }
}
