using System.Text.Json.Serialization;
using Attachments.Api.Controllers.OwnedAttachments;
using Attachments.Api.Controllers.Sessions;
using Attachments.Api.Controllers.TemporarySets;
using Attachments.Api.Http.Errors;
using Attachments.Api.Http.JsonApi;
using Attachments.Api.Http.Logging;
using Attachments.Api.Uploads;
using Attachments.Application.Paging;
using Attachments.Application.Text;
using Attachments.Application.Uploads;
using Attachments.Domain.Uploads;

namespace Attachments.Api.Controllers.Uploads;

/// <summary>An upload.</summary>
/// <param name="Id">Its id, the last segment of its URL.</param>
/// <param name="Protocol">The one that it was created by, `tus` or `rufh`; left out in lists.</param>
/// <param name="Target">The path that it was created at.</param>
/// <param name="FileName">The file's name, if it was sent.</param>
/// <param name="Length">In bytes; left out while it is not known.</param>
/// <param name="Offset">The bytes that have arrived.</param>
/// <param name="Created">In UTC (RFC 3339).</param>
/// <param name="Expires">When it ends if no byte arrives; once it has ended, when it is forgotten.</param>
/// <param name="Result">Once it has ended, what came of it.</param>
public sealed record UploadDocument(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("protocol"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Protocol,
    [property: JsonPropertyName("target")] string Target,
    [property: JsonPropertyName("filename"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FileName,
    [property: JsonPropertyName("length"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Length,
    [property: JsonPropertyName("offset")] long Offset,
    [property: JsonPropertyName("created")] string Created,
    [property: JsonPropertyName("expires")] string Expires,
    [property: JsonPropertyName("result"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UploadResultDocument? Result)
{
    private static readonly Dictionary<UploadProtocol, string> ProtocolNames = new()
    {
        [UploadProtocol.Tus] = "tus",
        [UploadProtocol.Rufh] = "rufh",
    };

    internal static UploadDocument From(UploadDto upload, HttpContext context, UnsetSequenceMap unset) =>
        From(upload) with { Protocol = ProtocolNames[upload.Protocol], Result = UploadResultDocument.From(upload, context, unset) };

    internal static UploadDocument From(UploadDto upload) => new(
        upload.Id,
        Protocol: null,
        upload.Path,
        upload.FileName,
        upload.Length,
        upload.Offset,
        Rfc3339.FormatSeconds(upload.CreatedAt),
        Rfc3339.FormatSeconds(upload.ExpiresAt),
        Result: null);
}

/// <summary>What came of an upload: the answer that a plain upload would have got.</summary>
/// <param name="Status">Its status.</param>
/// <param name="ContentLocation">The file's URL, if it was stored.</param>
/// <param name="ETag">The entity tag that a plain upload's resource has.</param>
/// <param name="Body">Its body, as JSON; left out if it has none.</param>
public sealed record UploadResultDocument(
    [property: JsonPropertyName("status")] int Status,
    [property: JsonPropertyName("content_location"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ContentLocation,
    [property: JsonPropertyName("etag"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ETag,
    [property: JsonPropertyName("body"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] object? Body)
{
    internal static UploadResultDocument? From(UploadDto upload, HttpContext context, UnsetSequenceMap unset)
    {
        switch (upload.Outcome)
        {
            case StoredOutcome stored:
                var (status, body) = Describe(stored.Result, context.Request, unset);
                return new UploadResultDocument(
                    status, UploadAnswer.FindContentLocation(context.Request, upload), UploadAnswer.FindEntityTag(upload), body);
            case RefusedOutcome refused:
                var problem = Problems.For(refused.ToException());
                return new UploadResultDocument(problem.Status, null, null, Describe(problem, upload, context));
            default:
                return null;
        }
    }

    /// <summary>Status and body of the plain upload's answer.</summary>
    internal static (int Status, object? Body) Describe(UploadResult result, HttpRequest request, UnsetSequenceMap unset) => result switch
    {
        SessionPointResult { File: var file } => (
            StatusCodes.Status200OK, Success.Create(new AttachedFileDocument(file.Length, Convert.ToHexStringLower(file.Md5)))),
        RecordFileResult => (StatusCodes.Status200OK, null),
        TemporaryItemResult { Item: var item } => (
            StatusCodes.Status201Created,
            new List<TemporaryItemDocument> { TemporaryItemDocument.From(item, new TemporarySetUrls(request)) }),
        OwnedAttachmentResult { IsNew: var isNew, Attachment: var attachment } => (
            isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, OwnedAttachmentDocument.From(attachment, unset)),
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    /// <summary>In the form of the family; a record's 404 has no body.</summary>
    private static object? Describe(Problem problem, UploadDto upload, HttpContext context)
    {
        var traceId = RequestTrace.GetId(context);
        if (!JsonApiFamily.Includes(context.Request.PathBase, upload.Path))
        {
            return ProblemWriter.CreateBody(problem, traceId);
        }

        return problem.Status == StatusCodes.Status404NotFound ? null : JsonApiErrors.From(problem, traceId);
    }
}

/// <summary>A page of open uploads.</summary>
/// <param name="Uploads">Newest first.</param>
/// <param name="Next">The cursor of the next page, if there is one.</param>
public sealed record UploadListDocument(
    [property: JsonPropertyName("uploads")] IReadOnlyList<UploadDocument> Uploads,
    [property: JsonPropertyName("next"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next)
{
    internal static UploadListDocument From(Page<UploadDto> page) => new([.. page.Items.Select(UploadDocument.From)], page.Next);
}
