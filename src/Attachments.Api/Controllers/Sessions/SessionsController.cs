using Attachments.Api.Access;
using Attachments.Api.Docs;
using Attachments.Api.Http.Conditional;
using Attachments.Api.Http.Downloads;
using Attachments.Api.Http.Media;
using Attachments.Api.Links;
using Attachments.Api.Uploads;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Sessions;
using Attachments.Application.Settings;
using Attachments.Application.Uploads;
using Attachments.Domain.Sessions;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Attachments.Api.Controllers.Sessions;

/// <summary>Sessions that field devices record for a project, and the files attached to their data points.</summary>
[ApiController]
[Tags("Sessions")]
[TagDescription("Sessions that field devices record for a project, and the files attached to their data points.")]
[RequireProject]
[Route("api/v1/project/{project_id}/sessions")]
public sealed class SessionsController(IMediator mediator, IOptions<LimitsOptions> limits, TimeProvider time) : ControllerBase
{
    /// <summary>Creates a session.</summary>
    /// <remarks>
    /// The body is JSON, a urlencoded form, or a multipart form, which may contain files in fields `session[data][point]`.
    /// A session with the same uuid is replaced with its files, once the new session is valid and completely stored;
    /// `If-None-Match: *` forbids this. Without a uuid a random one is chosen.
    /// </remarks>
    /// <param name="projectId" example="7">The project.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The session as stored.</response>
    [HttpPost]
    [RequestBody(MediaTypes.Json, Type = typeof(SessionInput), Description = SessionExamples.Description, Example = SessionExamples.Json)]
    [RequestBody(MediaTypes.UrlEncodedForm, Type = typeof(SessionForm), Example = SessionExamples.Form)]
    [RequestBody(MediaTypes.MultipartForm, Type = typeof(SessionFormWithFile), Example = SessionExamples.Form)]
    [ProducesResponseType<Success<SessionDocument>>(StatusCodes.Status200OK)]
    [Operation("Session")]
    public async Task<IActionResult> Create(
        [FromRoute(Name = "project_id")] long projectId, CancellationToken cancellationToken)
    {
        var session = await mediator.Send(new CreateSession(projectId, Entries(cancellationToken), Conditions()), cancellationToken);
        return new SessionResult(session, mediator);
    }

    /// <summary>Lists a project's sessions without their points, newest first.</summary>
    /// <param name="projectId" example="7">The project.</param>
    /// <param name="limit">The largest number to return: 1 to 200.</param>
    /// <param name="after">The `next` of the previous page.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">A page; `next` has the cursor of the next page.</response>
    [HttpGet]
    [Operation("Sessions")]
    public async Task<SessionList> List(
        [FromRoute(Name = "project_id")] long projectId,
        [FromQuery] int limit = ListSessions.DefaultLimit,
        [FromQuery] string? after = null,
        CancellationToken cancellationToken = default)
    {
        var page = await mediator.Send(new ListSessions(projectId, limit, after), cancellationToken);
        return new SessionList(Success.Status, [.. page.Items.Select(SessionSummaryDocument.From)], page.Next);
    }

    /// <summary>Reads a session with all its points.</summary>
    /// <param name="projectId" example="7">The project.</param>
    /// <param name="sessionId" example="trip-42">The session's uuid.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The session.</response>
    [HttpGet("{session_id}")]
    [ProducesResponseType<Success<SessionDocument>>(StatusCodes.Status200OK)]
    [Operation("Session")]
    public async Task<IActionResult> Get(
        [FromRoute(Name = "project_id")] long projectId,
        [FromRoute(Name = "session_id")] string sessionId,
        CancellationToken cancellationToken)
    {
        var session = await mediator.Send(new GetSession(projectId, sessionId), cancellationToken);
        return new SessionResult(session, mediator);
    }

    /// <summary>Merges fields and points into an existing session.</summary>
    /// <remarks>The body is the same as for creation. Only fields that are sent change; `saved` defaults to the current time.</remarks>
    /// <param name="projectId" example="7">The project.</param>
    /// <param name="sessionId" example="trip-42">The session's uuid.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The updated session.</response>
    [HttpPut("{session_id}")]
    [RequestBody(MediaTypes.Json, Type = typeof(SessionInput), Description = SessionExamples.Description, Example = SessionExamples.Json)]
    [RequestBody(MediaTypes.UrlEncodedForm, Type = typeof(SessionForm), Example = SessionExamples.Form)]
    [RequestBody(MediaTypes.MultipartForm, Type = typeof(SessionFormWithFile), Example = SessionExamples.Form)]
    [ProducesResponseType<Success<SessionDocument>>(StatusCodes.Status200OK)]
    [Operation("Session")]
    public async Task<IActionResult> Update(
        [FromRoute(Name = "project_id")] long projectId,
        [FromRoute(Name = "session_id")] string sessionId,
        CancellationToken cancellationToken)
    {
        var merge = new UpdateSession(projectId, sessionId, Entries(cancellationToken), Conditions());
        var session = await mediator.Send(merge, cancellationToken);
        return new SessionResult(session, mediator);
    }

    /// <summary>Deletes a session with all its points and files.</summary>
    /// <param name="projectId" example="7">The project.</param>
    /// <param name="sessionId" example="trip-42">The session's uuid.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">Deleted.</response>
    [HttpDelete("{session_id}")]
    [Operation("Session")]
    public async Task<Success<bool>> Delete(
        [FromRoute(Name = "project_id")] long projectId,
        [FromRoute(Name = "session_id")] string sessionId,
        CancellationToken cancellationToken)
    {
        await mediator.Send(new DeleteSession(projectId, sessionId, Conditions()), cancellationToken);
        return Success.Create(true);
    }

    /// <summary>Lists the points of a session that hold files.</summary>
    /// <param name="projectId" example="7">The project.</param>
    /// <param name="sessionId" example="trip-42">The session's uuid.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The points, by name.</response>
    [HttpGet("{session_id}/attachments")]
    [Operation("SessionAttachments")]
    public async Task<Success<IReadOnlyList<SessionAttachmentDocument>>> ListAttachments(
        [FromRoute(Name = "project_id")] long projectId,
        [FromRoute(Name = "session_id")] string sessionId,
        CancellationToken cancellationToken)
    {
        var attachments = await mediator.Send(new ListSessionAttachments(projectId, sessionId), cancellationToken);
        var urls = new SessionUrls(Request, projectId, sessionId);
        return Success.Create<IReadOnlyList<SessionAttachmentDocument>>(
            [.. attachments.Select(attachment => SessionAttachmentDocument.From(attachment, urls))]);
    }

    /// <summary>Downloads all files of a session as one zip archive.</summary>
    /// <remarks>
    /// The files are stored in the archive and not compressed, so its length is known and a part of it can be requested (`Range`,
    /// `If-Range`), as of any file. The same files give the same bytes and the same `ETag`. If the content of a file is missing, the answer
    /// is 409 `archive_incomplete`; `unavailable=skip` leaves such files out, and `NOT-INCLUDED.txt` in the archive names them.
    /// </remarks>
    /// <param name="projectId" example="7">The project.</param>
    /// <param name="sessionId" example="trip-42">The session's uuid.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet("{session_id}/archive")]
    [Operation("SessionArchive")]
    [Linkable]
    [Download(ArchiveResult.MediaType)]
    [ErrorResponse(409, "`archive_incomplete`: the content of some files is missing; `archive_too_large`: there are too many files.")]
    [QueryParameter(
        "unavailable", JsonSchemaType.String, Description = "`skip` leaves out files whose content is missing.", Values = ["skip"])]
    public async Task<IActionResult> DownloadArchive(
        [FromRoute(Name = "project_id")] long projectId,
        [FromRoute(Name = "session_id")] string sessionId,
        CancellationToken cancellationToken)
    {
        var archive = await mediator.Send(
            new ArchiveSession(projectId, sessionId, ArchiveQuery.Parse(Request)), cancellationToken);
        return new ArchiveResult(archive, FileFamily.Sessions);
    }

    /// <summary>Downloads the file in a point.</summary>
    /// <remarks>
    /// The response is always `application/octet-stream`. A single range may be requested (`Range`, `If-Range`). Conditions are
    /// `If-Match` and `If-Unmodified-Since` (412), `If-None-Match` and `If-Modified-Since` (304). `Repr-Digest` has the file's SHA-256, or
    /// the digest that `Want-Repr-Digest` prefers: `md5`, or `sha-512` if it was sent with the upload.
    /// </remarks>
    /// <param name="projectId" example="7">The project.</param>
    /// <param name="sessionId" example="trip-42">The session's uuid.</param>
    /// <param name="id" example="photo">The point's name, percent-encoded.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet("{session_id}/attachments/{id}")]
    [Linkable]
    [Download(ServedType.Unknown)]
    [Operation("SessionAttachment")]
    public async Task<IActionResult> DownloadAttachment(
        [FromRoute(Name = "project_id")] long projectId,
        [FromRoute(Name = "session_id")] string sessionId,
        string id,
        CancellationToken cancellationToken)
    {
        var file = await mediator.Send(
            new DownloadSessionAttachment(projectId, sessionId, id, WholeFile.IsLikely(Request)), cancellationToken);
        return new StoredFileResult(file, ServedType.Unknown, mayBeInline: false, FileFamily.Sessions);
    }

    /// <summary>Attaches a file to a point and replaces what the point held before.</summary>
    /// <remarks>
    /// The body is the bytes themselves as `application/octet-stream`, with the file's name in the query, or a multipart form with the file
    /// in the field `attachment` (fields of other names are not recognised). `Content-Digest`, `Repr-Digest` and `Content-MD5` are
    /// compared where they are sent, in the header section or the trailer section, of a form's part by the part's own fields; `If-Match`,
    /// `If-None-Match` and `If-Unmodified-Since` decide whether the file is replaced.
    /// </remarks>
    /// <param name="projectId" example="7">The project.</param>
    /// <param name="sessionId" example="trip-42">The session's uuid.</param>
    /// <param name="id" example="photo">The point's name, percent-encoded.</param>
    /// <param name="filename" example="photo.jpg">The file's name, if the body is the bytes themselves. Defaults to the point's name.</param>
    /// <param name="uploads">Begins an upload in several requests.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The length and MD5 digest of the stored bytes.</response>
    /// <response code="201">An upload in several requests has begun (`Upload-Complete: ?0`); `Location` has its URL.</response>
    [HttpPut("{session_id}/attachments/{id}")]
    [Linkable]
    [RequestBody(MediaTypes.OctetStream, Description = "The file. A multipart form with the file in the field `attachment` is taken as well.")]
    [Operation("SessionAttachment")]
    [Resumable]
    [ProducesResponseType<Success<AttachedFileDocument>>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status201Created)]
    public Task<IActionResult> UploadAttachment(
        [FromRoute(Name = "project_id")] long projectId,
        [FromRoute(Name = "session_id")] string sessionId,
        string id,
        [FromQuery] string? filename,
        [FromServices] ResumableUploads uploads,
        CancellationToken cancellationToken) =>
        RufhRequest.IsBeginning(Request)
            ? Begin(projectId, sessionId, id, uploads, cancellationToken)
            : Attach(projectId, sessionId, id, cancellationToken);

    /// <summary>Begins an upload to a point that is sent in several requests.</summary>
    /// <remarks>
    /// By tus 1.0 it needs `Tus-Resumable: 1.0.0`, and `Upload-Length` or `Upload-Defer-Length: 1`; `Upload-Metadata` may have `filename` (or
    /// `name`) and `filetype` (or `type`). By Resumable Uploads for HTTP it needs `Upload-Complete: ?0`, as does PUT. The body may be the first
    /// bytes. See the operations of `/uploads/{id}`. With `Upload-Complete: ?1` the body is the whole file, as with PUT.
    /// </remarks>
    /// <param name="projectId" example="7">The project.</param>
    /// <param name="sessionId" example="trip-42">The session's uuid.</param>
    /// <param name="id" example="photo">The point's name, percent-encoded.</param>
    /// <param name="uploads">Begins it.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">Stored; with `Upload-Complete: ?1`.</response>
    /// <response code="201">Begun; `Location` has the URL of the upload.</response>
    [HttpPost("{session_id}/attachments/{id}")]
    [Operation("SessionAttachmentUpload")]
    [Resumable]
    [RequestBody(TusFields.Chunk)]
    [ProducesResponseType<Success<AttachedFileDocument>>(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status201Created)]
    public Task<IActionResult> CreateUpload(
        [FromRoute(Name = "project_id")] long projectId,
        [FromRoute(Name = "session_id")] string sessionId,
        string id,
        [FromServices] ResumableUploads uploads,
        CancellationToken cancellationToken)
    {
        if (ResumableUploads.IsBeginning(Request))
        {
            return Begin(projectId, sessionId, id, uploads, cancellationToken);
        }

        return RufhRequest.IsWholeFile(Request)
            ? Attach(projectId, sessionId, id, cancellationToken)
            : Task.FromResult(ResumableUploads.RefuseMethod(Response, "DELETE, GET, HEAD, OPTIONS, PUT"));
    }

    /// <summary>Removes a point and the file that it holds.</summary>
    /// <remarks>A point that holds no file is not removed.</remarks>
    /// <param name="projectId" example="7">The project.</param>
    /// <param name="sessionId" example="trip-42">The session's uuid.</param>
    /// <param name="id" example="photo">The point's name, percent-encoded.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">Deleted.</response>
    [HttpDelete("{session_id}/attachments/{id}")]
    [Operation("SessionAttachment")]
    public async Task<Success<bool>> DeleteAttachment(
        [FromRoute(Name = "project_id")] long projectId,
        [FromRoute(Name = "session_id")] string sessionId,
        string id,
        CancellationToken cancellationToken)
    {
        await mediator.Send(new DeleteSessionAttachment(projectId, sessionId, id, Conditions()), cancellationToken);
        return Success.Create(true);
    }

    private Task<IActionResult> Begin(
        long projectId, string sessionId, string id, ResumableUploads uploads, CancellationToken cancellationToken) =>
        uploads.Create(Request, new SessionPointTarget(projectId, sessionId, Point.RequireName(id)), cancellationToken);

    private async Task<IActionResult> Attach(long projectId, string sessionId, string id, CancellationToken cancellationToken)
    {
        var file = SessionAttachmentBody.Read(Request, limits.Value, cancellationToken);
        var attached = await mediator.Send(new UploadSessionAttachment(projectId, sessionId, id, file, Conditions()), cancellationToken);
        return Ok(Success.Create(new AttachedFileDocument(attached.Length, Convert.ToHexStringLower(attached.Md5))));
    }

    private Preconditions Conditions() => PreconditionHeaders.ParseForWrite(Request.Headers, time.GetUtcNow());

    private IAsyncEnumerable<SessionEntry> Entries(CancellationToken cancellationToken) =>
        SessionBody.Read(Request, limits.Value, cancellationToken);
}
