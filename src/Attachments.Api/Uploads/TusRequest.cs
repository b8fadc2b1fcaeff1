using System.Globalization;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Uploads;
using Attachments.Domain.Content;
using Attachments.Domain.Uploads;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Attachments.Api.Uploads;

/// <summary>Reads the header fields of tus off a request (tus 1.0, "Core Protocol", "Creation").</summary>
internal static class TusRequest
{
    /// <summary>Whether a request speaks tus, in whichever version.</summary>
    public static bool IsTus(HttpRequest request) => request.Headers.ContainsKey(TusFields.Resumable);

    /// <summary>What a request says of a new upload. Its body is left alone.</summary>
    /// <param name="request">The request.</param>
    /// <param name="target">What the upload is for, with the fields in the metadata.</param>
    /// <param name="resolveType">The media type of the file, from the one that the client sent.</param>
    /// <exception cref="RequestException">A field is missing, cannot be read or contradicts another.</exception>
    public static NewUpload ReadCreation(
        HttpRequest request, Func<Func<string, string?>, UploadTarget> target, Func<string?, string?> resolveType)
    {
        var chunk = HasBody(request) ? ReadChunk(request, DigestHeaders.ReadContent(request)) : null;
        if (request.Headers.ContainsKey(TusFields.Concat))
        {
            throw new InvalidRequestException("concatenation_unsupported", "Uploads cannot be concatenated.");
        }

        var length = ReadTotal(request.Headers);
        var metadata = TusMetadata.Parse(request.Headers[TusFields.Metadata]);
        return new NewUpload(
            UploadProtocol.Tus,
            target(metadata.Read),
            metadata.Find("filename", "name") is { } name ? FileName.From(name) : null,
            resolveType(metadata.Find("filetype", "type")),
            length,
            metadata.Text,
            DigestHeaders.ReadRepresentation(request.Headers),
            chunk)
        {
            IsEmpty = length == 0,
        };
    }

    /// <summary>What a request says of the bytes that it adds.</summary>
    /// <exception cref="RequestException">A field is missing or cannot be read.</exception>
    public static SentChunk ReadAppend(HttpRequest request)
    {
        var chunk = ReadChunk(request, DigestHeaders.Read(request));
        var offset = ParseNumber(request.Headers[TusFields.Offset], TusFields.Offset)
            ?? throw new InvalidRequestException("upload_offset_missing", $"{TusFields.Offset} must say where the bytes belong.");
        return new SentChunk(offset, ParseNumber(request.Headers[TusFields.Length], TusFields.Length), chunk);
    }

    /// <summary>Whether a request has bytes, or may have.</summary>
    public static bool HasBody(HttpRequest request) =>
        request.ContentLength is { } length
            ? length > 0
            : request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    /// <exception cref="UnsupportedMediaTypeException">The body is not one of bytes to add.</exception>
    private static IncomingChunk ReadChunk(HttpRequest request, ExpectedDigests digests)
    {
        if (MediaTypes.Parse(request.ContentType) != TusFields.Chunk)
        {
            throw MediaTypes.Unsupported("The bytes of an upload must be sent as", TusFields.Chunk);
        }

        ContentHeaders.RequireIdentityEncoding(request.Headers);
        return new IncomingChunk(request.Body, request.ContentLength, digests, TusChecksum.Read(request));
    }

    private static long? ReadTotal(IHeaderDictionary headers)
    {
        var deferred = headers[TusFields.DeferLength];
        var length = ParseNumber(headers[TusFields.Length], TusFields.Length);
        if (deferred.Count > 0 && deferred != "1")
        {
            throw new InvalidRequestException("upload_length_invalid", $"{TusFields.DeferLength} must be 1.");
        }

        return length is null == deferred.Count > 0
            ? length
            : throw new InvalidRequestException(
                "upload_length_invalid", $"There must be either {TusFields.Length} or {TusFields.DeferLength}.");
    }

    /// <summary>Digits, by value: what is past 64 bits is more than any upload can have.</summary>
    private static long? ParseNumber(StringValues lines, string field)
    {
        if (lines.Count == 0)
        {
            return null;
        }

        if (lines is not [{ Length: > 0 } digits] || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw new InvalidRequestException(
                field == TusFields.Offset ? "upload_offset_invalid" : "upload_length_invalid", $"{field} must be a number of bytes.");
        }

        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
    }
}
