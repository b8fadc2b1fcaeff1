using Attachments.Api.Http.Fields;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads;
using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Uploads;
using Attachments.Domain;
using Attachments.Domain.Content;
using Attachments.Domain.Uploads;
using Microsoft.Extensions.Primitives;

namespace Attachments.Api.Uploads;

/// <summary>
/// Reads the header fields of Resumable Uploads for HTTP off a request (draft-ietf-httpbis-resumable-upload). They are structured fields (RFC
/// 9651): one that cannot be parsed, or has another value than it may have, is as if it had not been sent ("State").
/// </summary>
internal static class RufhRequest
{
    /// <summary>Whether a request begins an upload in several requests.</summary>
    public static bool IsBeginning(HttpRequest request) => IsComplete(request) is false;

    /// <summary>Whether a request says that its body is the whole file, as iOS does of each upload.</summary>
    public static bool IsWholeFile(HttpRequest request) => IsComplete(request) is true;

    /// <summary>Whether the body of a request is the whole file, and of no type that the plain upload reads fields from.</summary>
    public static bool IsRawFile(HttpRequest request) => IsWholeFile(request) && !MediaTypes.IsMultipart(request.ContentType);

    /// <summary><c>Upload-Complete</c>; null: it was not sent, or the request speaks tus.</summary>
    public static bool? IsComplete(HttpRequest request) =>
        TusRequest.IsTus(request) ? null : Parse(request.Headers[TusFields.Complete])?.Boolean;

    /// <summary>The version of the draft; null: the request names none.</summary>
    public static long? ReadInteropVersion(HttpRequest request) => Parse(request.Headers[RufhFields.InteropVersion])?.Integer;

    /// <summary>Whether the client speaks one of the drafts -03 to -05, which expect more of the answer to the creation.</summary>
    public static bool IsOldDraft(HttpRequest request) => ReadInteropVersion(request) is 5 or 6;

    /// <summary><c>Upload-Length</c>, in bytes.</summary>
    /// <returns>Null: it was not sent.</returns>
    public static long? ReadLength(HttpRequest request) => ReadNumber(request, TusFields.Length);

    /// <summary>What a request says of a new upload. Its body is left alone.</summary>
    /// <param name="request">The request.</param>
    /// <param name="target">What the upload is for, with the fields in the query.</param>
    /// <param name="resolveType">The media type of the file, from the one that the client sent.</param>
    /// <param name="takesMultipart">Whether a body of several parts is the file.</param>
    /// <exception cref="RequestException">A field cannot be read or contradicts another.</exception>
    public static NewUpload ReadCreation(
        HttpRequest request, Func<Func<string, string?>, UploadTarget> target, Func<string?, string?> resolveType, bool takesMultipart)
    {
        if (!takesMultipart && MediaTypes.IsMultipart(request.ContentType))
        {
            throw new UnsupportedMediaTypeException(
                "multipart_not_resumable", "A form cannot be sent in several requests: send the file alone, of any other type.", []);
        }

        ContentHeaders.RequireWholeFiles(request);
        var length = ReadLength(request);
        var isEmpty = length == 0 && IsOldDraft(request);
        var chunk = TusRequest.HasBody(request)
            ? new IncomingChunk(request.Body, request.ContentLength, DigestHeaders.ReadContent(request), Checksum: null)
            {
                IsLast = isEmpty ? null : false,
            }
            : null;
        return new NewUpload(
            UploadProtocol.Rufh,
            target(name => ReadField(request, name)),
            ReadFileName(request),
            resolveType(ReadType(request)),
            length,
            Metadata: null,
            DigestHeaders.ReadRepresentation(request.Headers),
            chunk)
        {
            IsEmpty = isEmpty,
        };
    }

    /// <summary>What a request says of the bytes that it adds.</summary>
    /// <exception cref="RequestException">A field is missing or cannot be read.</exception>
    public static SentChunk ReadAppend(HttpRequest request)
    {
        if (MediaTypes.Parse(request.ContentType) != RufhFields.Chunk && ReadInteropVersion(request) != 5)
        {
            throw MediaTypes.Unsupported("The bytes of an upload must be sent as", RufhFields.Chunk);
        }

        ContentHeaders.RequireIdentityEncoding(request.Headers);
        var length = TusRequest.HasBody(request) ? request.ContentLength : 0;
        var offset = ReadNumber(request, TusFields.Offset)
            ?? throw new InvalidRequestException("upload_offset_missing", $"{TusFields.Offset} must say where the bytes belong.");
        var isLast = IsComplete(request)
            ?? throw new InvalidRequestException("upload_complete_missing", $"{TusFields.Complete} must say whether these are the last bytes.");
        return new SentChunk(
            offset,
            ReadLength(request),
            new IncomingChunk(request.Body, length, DigestHeaders.Read(request), Checksum: null) { IsLast = isLast });
    }

    /// <summary>The name of the file: <c>?filename=</c>, else that of Content-Disposition, whatever its type.</summary>
    /// <returns>Null: it has none.</returns>
    /// <exception cref="InvalidRequestException"><c>file_name_invalid</c>, <c>content_disposition_invalid</c></exception>
    /// <exception cref="DomainException">See <see cref="FileName.From"/>.</exception>
    public static FileName? ReadFileName(HttpRequest request) =>
        RawUpload.ReadFileName(request.Query)
        ?? (PartDisposition.From(request.Headers)?.FileName is { Length: > 0 } name ? FileName.From(name) : null);

    /// <summary>The media type of the file; null: none was sent.</summary>
    public static string? ReadType(HttpRequest request) =>
        MediaTypes.Parse(request.ContentType) == RufhFields.Chunk ? null : request.ContentType;

    /// <summary>The file in a body that is nothing but the file.</summary>
    /// <inheritdoc cref="RawUpload.From"/>
    public static IncomingFile ReadFile(HttpRequest request, FileName? defaultName = null) => RawUpload.From(
        request, ReadFileName(request) ?? defaultName, DeclaredType.Normalize(ReadType(request)) ?? ServedType.Unknown);

    /// <summary>A field of the file, which is in the query; null: it was not sent.</summary>
    /// <exception cref="InvalidRequestException"><c>query_invalid</c>: it was sent more than once.</exception>
    public static string? ReadField(HttpRequest request, string name) => request.Query[name] switch
    {
        [] => null,
        [var value] => value ?? "",
        _ => throw new InvalidRequestException("query_invalid", $"The query has {name} more than once."),
    };

    private static long? ReadNumber(HttpRequest request, string field) =>
        Parse(request.Headers[field])?.Integer is >= 0 and var number ? number : null;

    private static StructuredValue? Parse(StringValues lines) =>
        FieldValue.Combine(lines) is { } text ? StructuredField.ParseItem(text) : null;
}
