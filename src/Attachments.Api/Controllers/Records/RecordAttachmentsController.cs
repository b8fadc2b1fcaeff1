using Attachments.Api.Access;
using Attachments.Api.Docs;
using Attachments.Api.Http.Conditional;
using Attachments.Api.Http.Downloads;
using Attachments.Api.Http.JsonApi;
using Attachments.Api.Http.Uploads;
using Attachments.Api.Links;
using Attachments.Api.Uploads;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Records;
using Attachments.Application.Uploads;
using Attachments.Domain.Records;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Attachments.Api.Controllers.Records;

/// <summary>The files of a record: at its root, or in one of its folders.</summary>
[ApiController]
[Tags("Record attachments")]
[TagDescription("The files of a record: at its root, or in one of its folders.")]
[RequireRecordsScope]
[Route($"{JsonApiFamily.Route}/{{eformtype}}/{{recordid}}/attachments")]
public sealed class RecordAttachmentsController(IMediator mediator, TimeProvider time) : ControllerBase
{
    /// <summary>Lists the files of a record, sorted by folder and name. Files at the root come first.</summary>
    /// <remarks>
    /// Lists all files, unless `page[size]` (1 to 1000) or `page[after]` asks for a page. `links.next` has the URL of the next page.
    /// </remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    [HttpGet]
    [JsonApi(Paged = true)]
    [DocumentResponse(200, JsonApiMediaType.Name, RecordExamples.Attachments, Type = typeof(RecordAttachmentListDocument), Description = "The files.")]
    [Operation("RecordAttachments")]
    public IActionResult List(string eformtype, string recordid)
    {
        var key = RecordKey.Create(eformtype, recordid);
        var urls = new RecordUrls(Request);
        return new JsonApiListResult<RecordFileDto>(
            (page, cancellationToken) => mediator.Send(new ListRecordFiles(key, page), cancellationToken),
            (writer, file, _) =>
            {
                RecordResources.Write(writer, file, key, urls);
                return ValueTask.CompletedTask;
            },
            defaultSize: null,
            (size, after) => RecordUrls.Page(urls.Attachments(key.FormType, key.RecordId), size, after));
    }

    /// <summary>Downloads a file at the root of a record.</summary>
    /// <remarks>The response has the uploaded media type. A single range may be requested.</remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="filename" example="logo.png">The file's name, percent-encoded.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet("content/{filename}")]
    [Linkable]
    [Download("*/*", MayBeInline = true)]
    [Operation("RecordAttachment")]
    public Task<IActionResult> Download(string eformtype, string recordid, string filename, CancellationToken cancellationToken) =>
        Download(RecordKey.Create(eformtype, recordid), FilePlace.Create(null, filename), cancellationToken);

    /// <summary>Downloads a file in a folder of a record.</summary>
    /// <remarks>The response has the uploaded media type. A single range may be requested.</remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="folder" example="drafts">The folder's name, percent-encoded.</param>
    /// <param name="filename" example="logo.png">The file's name, percent-encoded.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet("content/{folder}/{filename}")]
    [Linkable]
    [Download("*/*", MayBeInline = true)]
    [Operation("RecordAttachmentInFolder")]
    public Task<IActionResult> DownloadInFolder(
        string eformtype, string recordid, string folder, string filename, CancellationToken cancellationToken) =>
        Download(RecordKey.Create(eformtype, recordid), FilePlace.Create(folder, filename), cancellationToken);

    /// <summary>Uploads a file to the root of a record; replaces a file of the same name.</summary>
    /// <remarks>
    /// The body is the file, of any content type. Without a Content-Type, the extension of the name decides the type. With `Tus-Resumable`
    /// or `Upload-Complete: ?0` it begins an upload in several requests: 201, and `Location` has its URL.
    /// </remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="filename" example="logo.png">The file's name, percent-encoded.</param>
    /// <param name="uploads">Begins an upload in several requests.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">Stored.</response>
    /// <response code="201">An upload in several requests has begun; `Location` has its URL.</response>
    [HttpPost("content/{filename}")]
    [Linkable]
    [Resumable]
    [RequestBody("*/*", Description = "The file.")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status201Created)]
    [Operation("RecordAttachment")]
    public Task<IActionResult> Upload(
        string eformtype, string recordid, string filename, [FromServices] ResumableUploads uploads, CancellationToken cancellationToken) =>
        Upload(RecordKey.Create(eformtype, recordid), FilePlace.Create(null, filename), uploads, cancellationToken);

    /// <summary>Uploads a file to a folder of a record; replaces a file of the same name.</summary>
    /// <remarks>A folder exists while it has files.</remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="folder" example="drafts">The folder's name, percent-encoded.</param>
    /// <param name="filename" example="logo.png">The file's name, percent-encoded.</param>
    /// <param name="uploads">Begins an upload in several requests.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">Stored.</response>
    /// <response code="201">An upload in several requests has begun; `Location` has its URL.</response>
    [HttpPost("content/{folder}/{filename}")]
    [Linkable]
    [Resumable]
    [RequestBody("*/*", Description = "The file.")]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status201Created)]
    [Operation("RecordAttachmentInFolder")]
    public Task<IActionResult> UploadToFolder(
        string eformtype,
        string recordid,
        string folder,
        string filename,
        [FromServices] ResumableUploads uploads,
        CancellationToken cancellationToken) =>
        Upload(RecordKey.Create(eformtype, recordid), FilePlace.Create(folder, filename), uploads, cancellationToken);

    /// <summary>Deletes a file at the root of a record.</summary>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="filename" example="logo.png">The file's name, percent-encoded.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="204">Deleted.</response>
    [HttpDelete("{filename}")]
    [JsonApi]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Operation("RecordAttachment")]
    public Task<IActionResult> Delete(string eformtype, string recordid, string filename, CancellationToken cancellationToken) =>
        Delete(RecordKey.Create(eformtype, recordid), FilePlace.Create(null, filename), cancellationToken);

    /// <summary>Deletes a file in a folder of a record.</summary>
    /// <remarks>In this route `content` is an ordinary folder name.</remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="folder" example="drafts">The folder's name, percent-encoded.</param>
    /// <param name="filename" example="logo.png">The file's name, percent-encoded.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="204">Deleted.</response>
    [HttpDelete("{folder}/{filename}")]
    [JsonApi]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Operation("RecordAttachmentInFolder")]
    public Task<IActionResult> DeleteInFolder(
        string eformtype, string recordid, string folder, string filename, CancellationToken cancellationToken) =>
        Delete(RecordKey.Create(eformtype, recordid), FilePlace.Create(folder, filename), cancellationToken);

    private async Task<IActionResult> Download(RecordKey key, FilePlace place, CancellationToken cancellationToken)
    {
        var file = await mediator.Send(new DownloadRecordFile(key, place, WholeFile.IsLikely(Request)), cancellationToken);
        return new StoredFileResult(file, file.MediaType, mayBeInline: true, FileFamily.Records);
    }

    private async Task<IActionResult> Upload(RecordKey key, FilePlace place, ResumableUploads uploads, CancellationToken cancellationToken)
    {
        if (ResumableUploads.IsBeginning(Request))
        {
            var target = new RecordFileTarget(
                key.FormType, key.RecordId, place.Folder == FilePlace.Root ? null : place.Folder, place.Name);
            return await uploads.Create(Request, target, cancellationToken, resolveType: type => UploadedType.Resolve(type, place.Name), takesMultipart: true);
        }

        Task<IncomingFile> File(CancellationToken _) =>
            Task.FromResult(RawUpload.From(Request, fileName: null, UploadedType.Resolve(RufhRequest.ReadType(Request), place.Name)));

        await mediator.Send(new UploadRecordFile(key, place, File, Conditions()), cancellationToken);
        return Ok();
    }

    private async Task<IActionResult> Delete(RecordKey key, FilePlace place, CancellationToken cancellationToken)
    {
        await mediator.Send(new DeleteRecordFile(key, place, Conditions()), cancellationToken);
        return NoContent();
    }

    private Preconditions Conditions() => PreconditionHeaders.ParseForWrite(Request.Headers, time.GetUtcNow());
}
