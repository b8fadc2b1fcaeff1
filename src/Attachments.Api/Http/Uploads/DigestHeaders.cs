using System.Security.Cryptography;
using Attachments.Api.Http.Fields;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Attachments.Api.Http.Uploads;

/// <summary>
/// The digests that a client sent: Content-MD5 (RFC 1864), Content-Digest and Repr-Digest (RFC 9530). Content that arrives here has no
/// content coding and is no partial representation, so all three speak of the same bytes.
/// </summary>
internal static class DigestHeaders
{
    // Characters of base64.
    private const int ContentMd5Length = 24;

    /// <summary>The digests of a request body, in the header section or the trailer section.</summary>
    /// <exception cref="InvalidRequestException">As the other.</exception>
    /// <exception cref="DigestMismatchException">As the other.</exception>
    public static ExpectedDigests Read(HttpRequest request) =>
        Read(request.Headers) with { Trailing = DigestTrailers.From(request) };

    /// <summary>The digests of the content of a request, which is a part of the representation that <c>Repr-Digest</c> is of.</summary>
    /// <exception cref="InvalidRequestException">As the others.</exception>
    /// <exception cref="DigestMismatchException">As the others.</exception>
    public static ExpectedDigests ReadContent(HttpRequest request)
    {
        var content = ReadDictionary(request.Headers, "Content-Digest");
        return content with
        {
            Md5 = Same(DigestAlgorithms.Md5, ReadContentMd5(request.Headers), content.Md5),
            Trailing = DigestTrailers.From(request),
        };
    }

    /// <summary>The digests of the representation that the content of a request is a part of.</summary>
    /// <exception cref="InvalidRequestException">As the others.</exception>
    public static ExpectedDigests ReadRepresentation(IDictionary<string, StringValues> headers) => ReadDictionary(headers, "Repr-Digest");

    /// <param name="headers">Those of a request, of its trailer section or of a part; without regard to case.</param>
    /// <exception cref="InvalidRequestException">
    /// <c>digest_invalid</c>: a header cannot be read, or a digest of a known algorithm is not as long as that algorithm's are.
    /// </exception>
    /// <exception cref="DigestMismatchException">Two headers give one algorithm different values, so one of them must be wrong.</exception>
    public static ExpectedDigests Read(IDictionary<string, StringValues> headers)
    {
        var content = ReadDictionary(headers, "Content-Digest");
        var representation = ReadDictionary(headers, "Repr-Digest");
        return new ExpectedDigests(
            Same(DigestAlgorithms.Md5, ReadContentMd5(headers), Same(DigestAlgorithms.Md5, content.Md5, representation.Md5)),
            Same(DigestAlgorithms.Sha256, content.Sha256, representation.Sha256),
            Same(DigestAlgorithms.Sha512, content.Sha512, representation.Sha512));
    }

    private static byte[]? ReadContentMd5(IDictionary<string, StringValues> headers)
    {
        if (!headers.TryGetValue(HeaderNames.ContentMD5, out var lines) || lines.Count == 0)
        {
            return null;
        }

        var digest = new byte[MD5.HashSizeInBytes];
        var text = lines.Count == 1 ? lines[0].AsSpan().Trim() : [];
        return text.Length == ContentMd5Length
            && Convert.TryFromBase64Chars(text, digest, out var written)
            && written == MD5.HashSizeInBytes
            ? digest
            : throw Invalid(HeaderNames.ContentMD5);
    }

    private static ExpectedDigests ReadDictionary(IDictionary<string, StringValues> headers, string field)
    {
        if (!headers.TryGetValue(field, out var lines))
        {
            return ExpectedDigests.None;
        }

        var members = StructuredField.ParseDictionary(string.Join(", ", lines.ToArray())) ?? throw Invalid(field);
        return new ExpectedDigests(
            Member(members, DigestAlgorithms.Md5, MD5.HashSizeInBytes, field),
            Member(members, DigestAlgorithms.Sha256, SHA256.HashSizeInBytes, field),
            Member(members, DigestAlgorithms.Sha512, SHA512.HashSizeInBytes, field));
    }

    private static byte[]? Member(Dictionary<string, StructuredValue> members, string algorithm, int length, string field) =>
        !members.TryGetValue(algorithm, out var digest) ? null
        : digest.Bytes?.Length == length ? digest.Bytes
        : throw Invalid(field);

    private static byte[]? Same(string algorithm, byte[]? one, byte[]? other) =>
        one is null || other is null || one.AsSpan().SequenceEqual(other) ? one ?? other : throw new DigestMismatchException(algorithm);

    private static InvalidRequestException Invalid(string field) =>
        new("digest_invalid", $"The header {field} does not contain a valid digest.");
}

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
