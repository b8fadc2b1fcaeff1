using Attachments.Api.Controllers.OwnedAttachments;
using Attachments.Api.Docs;
using Attachments.Api.Http.Conditional;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Downloads;
using Attachments.Api.Http.Media;
using Attachments.Api.Links;
using Attachments.Api.Uploads;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Application.TemporarySets;
using Attachments.Application.Uploads;
using Attachments.Domain.TemporarySets;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>Sets of files that are uploaded before their owner exists and claimed later.</summary>
[ApiController]
[Tags("Temporary sets")]
[TagDescription("Sets of files that are uploaded before their owner exists and claimed later.")]
[Route("api")]
public sealed class TemporarySetsController(
    IMediator mediator, IOptions<LimitsOptions> limits, IOptions<OwnedAttachmentsOptions> owned, TimeProvider time) : ControllerBase
{
    private const string Set = "temporaryattachmentset/{id}";
    private const string Item = Set + "/attachment/{attachmentId}";
    private const string Contents = "attachment/{attachmentId}/contents";

    /// <summary>Creates an empty set with an id that the service chooses.</summary>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="201">The set; `Location` has its URL.</response>
    [HttpPost("temporaryattachmentsets")]
    [ProducesResponseType<TemporarySetDocument>(StatusCodes.Status201Created)]
    [ResponseExample(StatusCodes.Status201Created, TemporarySetExamples.Set)]
    [ResponseHeaders("Location")]
    [Operation("TemporarySet")]
    public async Task<IActionResult> Create(CancellationToken cancellationToken)
    {
        var id = await mediator.Send(new CreateTemporarySet(Conditions()), cancellationToken);
        var self = Urls().ForSet(id);
        return Created(self, new TemporarySetDocument(id, self));
    }

    /// <summary>Lists the files of a set.</summary>
    /// <remarks>
    /// Files are listed in upload order unless OData options say otherwise. All members except `Self` and `Content` can be filtered and
    /// sorted by, and selected. An option may be written without its `$`, and an empty one counts as not sent. A list sorted by `$orderby` can have at most 100,000 files; limit longer ones with `$top`.
    /// A set that does not exist has no files; somebody else's set is 404. If the set ends while it is being listed, the response is
    /// cut off.
    /// </remarks>
    /// <param name="id" example="4bb709c2-e0e7-4af3-9f60-a045016a9610">The set's id.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The files.</response>
    [HttpGet(Set)]
    [QueryParameter(
        "$filter",
        JsonSchemaType.String,
        Description = "An OData 3 or 4 filter: `Size gt 1000 and startswith(ContentType,'image/')`.")]
    [QueryParameter("$orderby", JsonSchemaType.String, Description = "Members to sort by, each with `asc` or `desc`: `Size desc,Name`.")]
    [QueryParameter("$skip", JsonSchemaType.Integer, Description = "The number of items to skip.", Minimum = "0")]
    [QueryParameter("$top", JsonSchemaType.Integer, Description = "The largest number of items to return.", Minimum = "0")]
    [QueryParameter("$take", JsonSchemaType.Integer, Description = "The same as `$top`; the smaller one counts.", Minimum = "0")]
    [QueryParameter(
        "$inlinecount",
        JsonSchemaType.String,
        Description = "`allpages` adds `Skip`, `Top` and `Total`, counted after filtering and before paging; `none` adds nothing.")]
    [QueryParameter(
        "$count",
        JsonSchemaType.Boolean,
        Description = "`true` adds what `$inlinecount=allpages` adds, and `@odata.count`, which equals `Total`.")]
    [QueryParameter("$select", JsonSchemaType.String, Description = "The members to return of each file: `Name,Size`.")]
    [QueryParameter("$format", JsonSchemaType.String, Description = "The format of the response: `json`.")]
    [ResponseExample(StatusCodes.Status200OK, TemporarySetExamples.List)]
    [Operation("TemporaryItems")]
    public async Task<TemporaryItemListDocument> List(Guid id, CancellationToken cancellationToken) =>
        TemporaryItemListDocument.From(await mediator.Send(new ListTemporaryItems(id, Options()), cancellationToken), Urls());

    /// <summary>Uploads files into a set. Either all of them are stored, or none.</summary>
    /// <remarks>
    /// The first upload creates the set, which then belongs to the caller. With `Tus-Resumable` or `Upload-Complete: ?0` it begins an
    /// upload of one file in several requests: `Location` has its URL, and there is no body. The metadata of tus may have `filename`, `filetype`,
    /// and the `name` of the item; otherwise `name` is in the query. With `Upload-Complete: ?1` a body of any other type is one file.
    /// </remarks>
    /// <param name="id" example="4bb709c2-e0e7-4af3-9f60-a045016a9610">The set's id, chosen by the client.</param>
    /// <param name="uploads">Begins an upload in several requests.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="201">The new files, in the order sent.</response>
    [HttpPost(Set)]
    [Linkable]
    [Resumable]
    [RequestBody(MediaTypes.MultipartForm, Type = typeof(TemporaryItemsForm), Description = TemporarySetExamples.Upload)]
    [ProducesResponseType<IReadOnlyList<TemporaryItemDocument>>(StatusCodes.Status201Created)]
    [ResponseExample(StatusCodes.Status201Created, TemporarySetExamples.Items)]
    [ErrorResponse(403, "`files_missing`: the body has no file.")]
    [Operation("TemporaryItems")]
    public async Task<IActionResult> Upload(Guid id, [FromServices] ResumableUploads uploads, CancellationToken cancellationToken)
    {
        if (ResumableUploads.IsBeginning(Request))
        {
            return await uploads.Create(Request, new TemporarySetTarget(id), cancellationToken, AddName);
        }

        var files = TemporaryItemsBody.Read(Request, limits.Value, cancellationToken);
        var items = await mediator.Send(new UploadTemporaryItems(id, files, Conditions()), cancellationToken);
        var urls = Urls();
        if (RufhRequest.IsOldDraft(Request) && RufhRequest.IsWholeFile(Request))
        {
            // Without a Location, tus-js-client sends the file again.
            Response.Headers.Location = TemporaryItemDocument.From(items[0], urls).Self;
        }

        return StatusCode(StatusCodes.Status201Created, items.Select(item => TemporaryItemDocument.From(item, urls)).ToList());
    }

    /// <summary>Deletes a set with all its files.</summary>
    /// <param name="id" example="4bb709c2-e0e7-4af3-9f60-a045016a9610">The set's id.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">Deleted. The id can be used again.</response>
    [HttpDelete(Set)]
    [ResponseExample(StatusCodes.Status200OK, TemporarySetExamples.Removed)]
    [Operation("TemporarySet")]
    public async Task<RemovedDocument> Delete(Guid id, CancellationToken cancellationToken)
    {
        await mediator.Send(new DeleteTemporarySet(id, Conditions()), cancellationToken);
        return new RemovedDocument(id);
    }

    /// <summary>Reads one file of a set, without its bytes.</summary>
    /// <param name="id" example="4bb709c2-e0e7-4af3-9f60-a045016a9610">The set's id.</param>
    /// <param name="attachmentId" example="0190f2a1-7c3e-7b52-9d2e-3f1f6a1c0b44">The file's id.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The file; the `ETag` is that of its bytes.</response>
    [HttpGet(Item)]
    [Versioned]
    [ProducesResponseType<TemporaryItemDocument>(StatusCodes.Status200OK)]
    [ResponseExample(StatusCodes.Status200OK, TemporarySetExamples.Item)]
    [Operation("TemporaryItem")]
    public async Task<IActionResult> GetItem(Guid id, Guid attachmentId, CancellationToken cancellationToken)
    {
        var found = await mediator.Send(new GetTemporaryItem(id, attachmentId), cancellationToken);
        return new VersionedResult(Ok(TemporaryItemDocument.From(found.Item, Urls())), found.Version);
    }

    /// <summary>Removes one file from a set.</summary>
    /// <param name="id" example="4bb709c2-e0e7-4af3-9f60-a045016a9610">The set's id.</param>
    /// <param name="attachmentId" example="0190f2a1-7c3e-7b52-9d2e-3f1f6a1c0b44">The file's id.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">Deleted.</response>
    [HttpDelete(Item)]
    [ResponseExample(StatusCodes.Status200OK, TemporarySetExamples.Removed)]
    [Operation("TemporaryItem")]
    public async Task<RemovedDocument> DeleteItem(Guid id, Guid attachmentId, CancellationToken cancellationToken)
    {
        await mediator.Send(new DeleteTemporaryItem(id, attachmentId, Conditions()), cancellationToken);
        return new RemovedDocument(attachmentId);
    }

    /// <summary>Downloads a file of a set.</summary>
    /// <remarks>The response has the uploaded media type. A single range may be requested.</remarks>
    /// <param name="attachmentId" example="0190f2a1-7c3e-7b52-9d2e-3f1f6a1c0b44">The file's id.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet(Contents)]
    [Linkable]
    [Download("*/*", MayBeInline = true)]
    [Operation("TemporaryItemContent")]
    public async Task<IActionResult> DownloadItem(Guid attachmentId, CancellationToken cancellationToken)
    {
        var file = await mediator.Send(new DownloadTemporaryItem(attachmentId, WholeFile.IsLikely(Request)), cancellationToken);
        return new StoredFileResult(file, file.MediaType, mayBeInline: true, FileFamily.TemporarySets);
    }

    /// <summary>Downloads all files of a set as one zip archive.</summary>
    /// <remarks>
    /// The files are stored in the archive and not compressed, so its length is known and a part of it can be requested (`Range`,
    /// `If-Range`), as of any file. The same files give the same bytes and the same `ETag`. If the content of a file is missing, the answer
    /// is 409 `archive_incomplete`; `unavailable=skip` leaves such files out, and `NOT-INCLUDED.txt` in the archive names them.
    /// A set that does not exist is an empty archive; somebody else's set is 404.
    /// </remarks>
    /// <param name="id" example="4bb709c2-e0e7-4af3-9f60-a045016a9610">The set's id.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet(Set + "/archive")]
    [Operation("TemporarySetArchive")]
    [Linkable]
    [Download(ArchiveResult.MediaType)]
    [ErrorResponse(409, "`archive_incomplete`: the content of some files is missing; `archive_too_large`: there are too many files.")]
    [QueryParameter(
        "unavailable", JsonSchemaType.String, Description = "`skip` leaves out files whose content is missing.", Values = ["skip"])]
    public async Task<IActionResult> DownloadArchive(Guid id, CancellationToken cancellationToken)
    {
        var archive = await mediator.Send(new ArchiveTemporarySet(id, ArchiveQuery.Parse(Request)), cancellationToken);
        return new ArchiveResult(archive, FileFamily.TemporarySets);
    }

    /// <summary>Moves all files of a set to a new owner and ends the set. If that fails, nothing is changed.</summary>
    /// <remarks>
    /// The body names exactly one target: `Record`, `Session` or `Owned`. In a record each file keeps its `FileName`, in `Folder` or at the
    /// root; a name that is taken is 409. In a session each file goes into the point that `Points` maps its id to, or else into the point
    /// called like its `Name`; the previous value of the point is replaced. Owned attachments belong to the owner of the set and are
    /// shared with `OwnedByOrg`, if it is given.
    /// </remarks>
    /// <param name="id" example="4bb709c2-e0e7-4af3-9f60-a045016a9610">The set's id.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The target and its new files.</response>
    [HttpPost(Set + "/claim")]
    [RequestBody(MediaTypes.Json, Type = typeof(ClaimInput), Example = TemporarySetExamples.Claim)]
    [ResponseExample(StatusCodes.Status200OK, TemporarySetExamples.Claimed)]
    [ErrorResponse(403, "The token does not allow to change the target.")]
    [ErrorResponse(409, "`file_exists`: the target has a file of this name, or two files would go to one place.")]
    [Operation("TemporarySetClaim")]
    public async Task<ClaimDocument> Claim(Guid id, CancellationToken cancellationToken)
    {
        var claim = new ClaimTemporarySet(id, token => ClaimBody.Read(Request, limits.Value, token), Conditions());
        return ClaimDocument.From(await mediator.Send(claim, cancellationToken), Request, owned.Value);
    }

    private static TemporarySetTarget AddName(TemporarySetTarget target, Func<string, string?> read) =>
        read("name") is { Length: > 0 } name ? target with { Name = TemporaryItem.RequireName(name) } : target;

    private Preconditions Conditions() => PreconditionHeaders.ParseForWrite(Request.Headers, time.GetUtcNow());

    /// <summary>The query parameters, in the order sent and with repetitions.</summary>
    private IReadOnlyList<KeyValuePair<string, string>> Options() =>
        [.. Request.Query.SelectMany(option => option.Value.Select(value => KeyValuePair.Create(option.Key, value ?? "")))];

    private TemporarySetUrls Urls() => new(Request);
}
