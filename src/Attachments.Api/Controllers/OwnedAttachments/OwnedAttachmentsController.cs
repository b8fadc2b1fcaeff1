using System.Globalization;
using Attachments.Api.Access;
using Attachments.Api.Docs;
using Attachments.Api.Http.Conditional;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Downloads;
using Attachments.Api.Http.Media;
using Attachments.Api.Links;
using Attachments.Api.Uploads;
using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Blobs;
using Attachments.Application.OwnedAttachments;
using Attachments.Application.Settings;
using Attachments.Application.Uploads;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Attachments.Api.Controllers.OwnedAttachments;

/// <summary>Files owned by a user and optionally shared with an organisation.</summary>
[ApiController]
[Tags("Owned attachments")]
[TagDescription("Files owned by a user and optionally shared with an organisation.")]
[Route("v1/attachments")]
[Route(OldPrefix)]
[Alias(OldPrefix)]
[ErrorResponse(403, "The caller may not use the attachment, or not do this with it.")]
public sealed class OwnedAttachmentsController(
    IMediator mediator, IOptions<LimitsOptions> limits, IOptions<OwnedAttachmentsOptions> options, TimeProvider time) : ControllerBase
{
    /// <summary>The same as <c>v1/attachments</c>, for old clients.</summary>
    internal const string OldPrefix = "attachments";

    private const string FileRoute = "/v1/uploaded-file/attachment_{id}/{filename}";

    /// <summary>Adds an attachment owned by the caller.</summary>
    /// <remarks>
    /// Only members of an organisation and administrators can share an attachment with it. With `Tus-Resumable` or
    /// `Upload-Complete: ?0` it begins an upload in several requests: `Location` has its URL, and there is no body. The metadata of tus may have
    /// `filename`, `filetype` and the other fields; by `Upload-Complete` the other fields are in the query. With `Upload-Complete: ?1` a body of
    /// any other type is the file.
    /// </remarks>
    /// <param name="uploads">Begins an upload in several requests.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="201">The attachment; `Location` has its URL.</response>
    [HttpPost]
    [Linkable]
    [Resumable]
    [RequestBody(
        MediaTypes.MultipartForm,
        Type = typeof(NewOwnedAttachmentForm),
        Description = OwnedAttachmentExamples.NewFields,
        Example = OwnedAttachmentExamples.NewForm)]
    [ProducesResponseType<OwnedAttachmentDocument>(StatusCodes.Status201Created)]
    [ResponseExample(StatusCodes.Status201Created, OwnedAttachmentExamples.Entry)]
    [Versioned]
    [ResponseHeaders("Location")]
    [Operation("OwnedAttachment")]
    public async Task<IActionResult> Create([FromServices] ResumableUploads uploads, CancellationToken cancellationToken)
    {
        if (ResumableUploads.IsBeginning(Request))
        {
            return await uploads.Create(
                Request,
                new NewOwnedAttachmentTarget(),
                cancellationToken,
                (target, read) => target with { Fields = OwnedAttachmentMetadata.Read(read) });
        }

        var entries = OwnedAttachmentBody.ReadNew(Request, limits.Value, cancellationToken);
        var attachment = await mediator.Send(new CreateOwnedAttachment(entries, Conditions()), cancellationToken);
        var collection = $"{Request.PathBase}{Request.Path}".TrimEnd('/');
        return Created(string.Create(CultureInfo.InvariantCulture, $"{collection}/{attachment.Id}"), SetVersionAndDocument(attachment));
    }

    /// <summary>Lists all attachments, most recently changed first.</summary>
    /// <remarks>For administrators only. `X-Total-Count` has the number of attachments, and `Link` the URLs of the other pages.</remarks>
    /// <param name="limit">The largest number to return: 1 to 1000.</param>
    /// <param name="offset">The number of attachments to skip.</param>
    /// <param name="filename">Only attachments with exactly this name.</param>
    /// <param name="ownedByOrganisation">Only attachments of this organisation.</param>
    /// <param name="ownedByUser">Only attachments of this user (a UUID).</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">A page of attachments.</response>
    [HttpGet]
    [RequireAdmin]
    [ResponseExample(StatusCodes.Status200OK, OwnedAttachmentExamples.Entries)]
    [ResponseHeaders("X-Total-Count", "Link")]
    [Operation("OwnedAttachments")]
    public async Task<IAsyncEnumerable<OwnedAttachmentDocument>> List(
        [FromQuery] int limit = ListOwnedAttachments.DefaultLimit,
        [FromQuery] int offset = 0,
        [FromQuery] string? filename = null,
        [FromQuery(Name = OwnedAttachmentBody.OwnedByOrganisation)] long? ownedByOrganisation = null,
        [FromQuery(Name = OwnedAttachmentBody.OwnedByUser)] string? ownedByUser = null,
        CancellationToken cancellationToken = default)
    {
        var page = await mediator.Send(
            new ListOwnedAttachments(limit, offset, filename, ownedByOrganisation, ownedByUser), cancellationToken);
        Response.Headers["X-Total-Count"] = page.Total.ToString(CultureInfo.InvariantCulture);
        Response.Headers.Link = PageLinks.Create(Request, limit, offset, page.Total);
        return page.Items.Select(Document);
    }

    /// <summary>Downloads some attachments as one zip archive.</summary>
    /// <remarks>
    /// The files are stored in the archive and not compressed, so its length is known and a part of it can be requested (`Range`,
    /// `If-Range`), as of any file. The same files give the same bytes and the same `ETag`. If the content of a file is missing, the answer
    /// is 409 `archive_incomplete`; `unavailable=skip` leaves such files out, and `NOT-INCLUDED.txt` in the archive names them.
    /// </remarks>
    /// <param name="ids" example="&quot;1&quot;">The attachments: 1 to 500 unique numbers, separated by commas.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet("archive")]
    [Operation("OwnedAttachmentsArchive")]
    [Linkable(BindsIds = true)]
    [Download(ArchiveResult.MediaType)]
    [ErrorResponse(409, "`archive_incomplete`: the content of some files is missing; `archive_too_large`: there are too many files.")]
    [ErrorResponse(404, "`attachment_not_found`: one of the attachments does not exist.")]
    [QueryParameter(
        "unavailable", JsonSchemaType.String, Description = "`skip` leaves out files whose content is missing.", Values = ["skip"])]
    public async Task<IActionResult> DownloadArchive([FromQuery] string? ids, CancellationToken cancellationToken)
    {
        var choice = ArchiveQuery.Parse(Request);
        var chosen = AttachmentIds.Parse(HttpContext.Features.Get<Caller>()?.Granted?.Ids ?? (Request.Query["ids"].Count == 1 ? ids : null));
        var archive = await mediator.Send(new ArchiveOwnedAttachments(chosen, choice), cancellationToken);
        return new ArchiveResult(archive, FileFamily.OwnedAttachments);
    }

    /// <summary>Reads an attachment's metadata.</summary>
    /// <remarks>For its owner, members of its organisation, and administrators; so are changes, deletion and download.</remarks>
    /// <param name="id" example="1">The attachment.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The attachment; `ETag` identifies its version.</response>
    [HttpGet("{id}")]
    [Versioned]
    [ProducesResponseType<OwnedAttachmentDocument>(StatusCodes.Status200OK)]
    [ResponseExample(StatusCodes.Status200OK, OwnedAttachmentExamples.Entry)]
    [Operation("OwnedAttachment")]
    public async Task<IActionResult> Get(long id, CancellationToken cancellationToken)
    {
        var attachment = await mediator.Send(new GetOwnedAttachment(id), cancellationToken);
        return new VersionedResult(Ok(Document(attachment)), attachment.Representation);
    }

    /// <summary>Changes the fields of an attachment that are sent.</summary>
    /// <remarks>
    /// PUT and PATCH do the same. Send `If-Match` with the ETag to avoid overwriting another change. PUT with `Upload-Complete: ?0` begins an
    /// upload of new bytes in several requests: 201, and `Location` has its URL. With `Upload-Complete: ?1` a body of any other type is the
    /// new bytes, and the fields are in the query.
    /// </remarks>
    /// <param name="id" example="1">The attachment.</param>
    /// <param name="uploads">Begins an upload in several requests.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The updated attachment; `ETag` identifies its version.</response>
    /// <response code="201">An upload in several requests has begun; `Location` has its URL.</response>
    [HttpPut("{id}")]
    [HttpPatch("{id}")]
    [RequestBody(MediaTypes.Json, Type = typeof(OwnedAttachmentInput), Description = OwnedAttachmentExamples.Changes, Example = OwnedAttachmentExamples.Json)]
    [RequestBody(MediaTypes.UrlEncodedForm, Type = typeof(OwnedAttachmentChangesForm), Example = OwnedAttachmentExamples.Form)]
    [RequestBody(MediaTypes.MultipartForm, Type = typeof(OwnedAttachmentChangesFormWithFile), Example = OwnedAttachmentExamples.Form)]
    [ProducesResponseType<OwnedAttachmentDocument>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status201Created)]
    [ResponseExample(StatusCodes.Status200OK, OwnedAttachmentExamples.Entry)]
    [Versioned]
    [Resumable]
    [Operation("OwnedAttachment")]
    public Task<IActionResult> Update(long id, [FromServices] ResumableUploads uploads, CancellationToken cancellationToken) =>
        HttpMethods.IsPut(Request.Method) && RufhRequest.IsBeginning(Request)
            ? Begin(id, uploads, cancellationToken)
            : Change(id, cancellationToken);

    /// <summary>Begins an upload of new bytes for an attachment that is sent in several requests.</summary>
    /// <remarks>
    /// By tus 1.0 it needs `Tus-Resumable: 1.0.0`, and `Upload-Length` or `Upload-Defer-Length: 1`; `Upload-Metadata` may have `filename`,
    /// `filetype`, `description`, `owned_by_org` and `sequence_map_for`. By Resumable Uploads for HTTP it needs `Upload-Complete: ?0`; name and
    /// type are in `Content-Disposition` and `Content-Type`, and the fields in the query. What is not sent stays. See the operations of
    /// `/uploads/{id}`. With `Upload-Complete: ?1` the body is all of the new bytes, as with PUT.
    /// </remarks>
    /// <param name="id" example="1">The attachment.</param>
    /// <param name="uploads">Begins it.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">Changed; with `Upload-Complete: ?1`.</response>
    /// <response code="201">Begun; `Location` has the URL of the upload.</response>
    [HttpPost("{id}")]
    [Operation("OwnedAttachmentUpload")]
    [Resumable]
    [RequestBody(TusFields.Chunk)]
    [ProducesResponseType<OwnedAttachmentDocument>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status201Created)]
    public Task<IActionResult> CreateUpload(long id, [FromServices] ResumableUploads uploads, CancellationToken cancellationToken)
    {
        if (ResumableUploads.IsBeginning(Request))
        {
            return Begin(id, uploads, cancellationToken);
        }

        return RufhRequest.IsWholeFile(Request)
            ? Change(id, cancellationToken)
            : Task.FromResult(ResumableUploads.RefuseMethod(Response, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"));
    }

    /// <summary>Deletes an attachment.</summary>
    /// <param name="id" example="1">The attachment.</param>
    /// <param name="contentOnly">
    /// Deletes only the bytes; for administrators. The metadata stays with `s3_resource_deleted` set, and a download is answered 410.
    /// </param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="204">Deleted.</response>
    [HttpDelete("{id}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Operation("OwnedAttachment")]
    public async Task<IActionResult> Delete(
        long id, [FromQuery(Name = "content_only")] bool contentOnly = false, CancellationToken cancellationToken = default)
    {
        IRequest deletion = contentOnly ? new PurgeOwnedAttachment(id, Conditions()) : new DeleteOwnedAttachment(id, Conditions());
        await mediator.Send(deletion, cancellationToken);
        return NoContent();
    }

    /// <summary>Downloads an attachment.</summary>
    /// <remarks>
    /// The response has the uploaded media type. A single range may be requested.
    /// </remarks>
    /// <param name="id" example="1">The attachment.</param>
    /// <param name="filename" example="nerd_sniping.png">Its current name, percent-encoded, as in `download_url`.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet(FileRoute)]
    [Linkable]
    [Download("*/*", MayBeInline = true)]
    [Operation("OwnedAttachmentContent")]
    public async Task<IActionResult> Download(long id, string filename, CancellationToken cancellationToken)
    {
        var file = await mediator.Send(new DownloadOwnedAttachment(id, filename, WholeFile.IsLikely(Request)), cancellationToken);
        return new StoredFileResult(file, file.MediaType, mayBeInline: true, FileFamily.OwnedAttachments);
    }

    private Task<IActionResult> Begin(long id, ResumableUploads uploads, CancellationToken cancellationToken) => uploads.Create(
        Request,
        new OwnedAttachmentTarget(id),
        cancellationToken,
        (target, read) => target with { Fields = OwnedAttachmentMetadata.Read(read) });

    private async Task<IActionResult> Change(long id, CancellationToken cancellationToken)
    {
        var entries = OwnedAttachmentBody.ReadChanges(Request, limits.Value, cancellationToken);
        return Ok(SetVersionAndDocument(await mediator.Send(new UpdateOwnedAttachment(id, entries, Conditions()), cancellationToken)));
    }

    private Preconditions Conditions() => PreconditionHeaders.ParseForWrite(Request.Headers, time.GetUtcNow());

    private OwnedAttachmentDocument SetVersionAndDocument(OwnedAttachmentDto attachment)
    {
        ValidatorHeaders.Set(Response.Headers, attachment.Representation, time.GetUtcNow());
        return Document(attachment);
    }

    private OwnedAttachmentDocument Document(OwnedAttachmentDto attachment) =>
        OwnedAttachmentDocument.From(attachment, options.Value.UnsetSequenceMap);
}
