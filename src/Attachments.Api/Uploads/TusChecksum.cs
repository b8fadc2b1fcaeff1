using Attachments.Application.Errors;
using Attachments.Application.Uploads;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Attachments.Api.Uploads;

/// <summary>The <c>Upload-Checksum</c> of a chunk, in the header section or the trailer section (tus 1.0, "Checksum").</summary>
internal static class TusChecksum
{
    /// <returns>Null: none was sent or announced.</returns>
    /// <exception cref="InvalidRequestException"><c>checksum_invalid</c>, <c>checksum_algorithm_unsupported</c></exception>
    public static ExpectedChecksum? Read(HttpRequest request)
    {
        var isAnnounced = request.Headers.GetCommaSeparatedValues(HeaderNames.Trailer)
            .Contains(TusFields.Checksum, StringComparer.OrdinalIgnoreCase);
        return (request.Headers[TusFields.Checksum], isAnnounced) switch
        {
            ({ Count: 0 }, false) => null,
            ({ Count: 0 }, true) => new ExpectedChecksum(Sent: null, () => ReadTrailer(request)),
            (_, true) => throw Invalid("was sent before the bytes and announced behind them"),
            var (lines, _) => new ExpectedChecksum(Parse(lines), ReadTrailer: null),
        };
    }

    private static Checksum ReadTrailer(HttpRequest request)
    {
        var trailers = request.CheckTrailersAvailable()
            ? request.HttpContext.Features.GetRequiredFeature<IHttpRequestTrailersFeature>().Trailers
            : new HeaderDictionary();
        return trailers.TryGetValue(TusFields.Checksum, out var lines)
            ? Parse(lines)
            : throw new InvalidRequestException(
                "checksum_missing", $"The trailer section has no {TusFields.Checksum}, although the Trailer header announces it.");
    }

    private static Checksum Parse(StringValues lines)
    {
        if (lines is not [{ } line] || line.Trim().Split(' ') is not [var algorithm, var encoded])
        {
            throw Invalid("must be an algorithm and a checksum in base64");
        }

        if (ChecksumAlgorithms.FindLength(algorithm) is not { } length)
        {
            throw new InvalidRequestException(
                "checksum_algorithm_unsupported",
                $"The algorithm of {TusFields.Checksum} must be one of {string.Join(", ", ChecksumAlgorithms.Names)}.");
        }

        var value = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, value, out var written) && written == length
            ? new Checksum(algorithm, value[..written])
            : throw Invalid($"has no {algorithm} checksum in base64");
    }

    private static InvalidRequestException Invalid(string fault) => new("checksum_invalid", $"{TusFields.Checksum} {fault}.");
}
