using Attachments.Api.Controllers.OwnedAttachments;
using Attachments.Api.Docs;
using Attachments.Api.Http.Documents;
using Attachments.Api.Uploads;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Uploads;
using Attachments.Domain.Uploads;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Controllers.Uploads;

/// <summary>
/// Uploads that are sent in several requests, by tus 1.0 (https://tus.io) or by Resumable Uploads for HTTP
/// (draft-ietf-httpbis-resumable-upload). They are created at the address of the plain upload, with `Tus-Resumable` or `Upload-Complete: ?0`, and
/// each has a URL of its own until its outcome is forgotten.
/// </summary>
[ApiController]
[Tags("Uploads")]
[TagDescription("Uploads that are sent in several requests, by tus 1.0 or Resumable Uploads for HTTP: to go on after a lost connection.")]
[Route("uploads")]
public sealed class UploadsController(IMediator mediator, ResumableUploads uploads, IOptions<OwnedAttachmentsOptions> owned) : ControllerBase
{
    /// <summary>Lists the caller's open uploads, newest first.</summary>
    /// <remarks>Asking does not interrupt them.</remarks>
    /// <param name="limit">The largest number to return: 1 to 200.</param>
    /// <param name="after">The `next` of the previous page.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">A page; `next` has the cursor of the next page.</response>
    [HttpGet]
    [Operation("Uploads")]
    [ResponseExample(StatusCodes.Status200OK, UploadExamples.List)]
    public async Task<UploadListDocument> List(
        [FromQuery] int limit = ListUploads.DefaultLimit, [FromQuery] string? after = null, CancellationToken cancellationToken = default) =>
        UploadListDocument.From(await mediator.Send(new ListUploads(limit, after), cancellationToken));

    /// <summary>Tells how far an upload is, and what came of it.</summary>
    /// <remarks>
    /// HEAD with `Tus-Resumable: 1.0.0` is tus's, and answers 410 once the file was refused; without it HEAD is answered 204. GET describes the
    /// upload besides. If the caller created the upload, a request that is sending bytes of it is interrupted, so that the caller can go on at
    /// `Upload-Offset`. If all bytes have arrived, the upload is finished first. `result` has the status and the body of the answer that a plain
    /// upload would have got.
    /// </remarks>
    /// <param name="id" example="0b9f5c0e-6d0e-4f6d-9a53-0d8c7b2f1a10">The upload.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">The upload; `Upload-Offset` has the bytes that have arrived.</response>
    /// <response code="204">The same by HEAD without `Tus-Resumable`.</response>
    [HttpGet("{id}")]
    [Operation("Upload")]
    [Resumable(DescribesUpload = true)]
    [Versioned]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<UploadDocument>(StatusCodes.Status200OK)]
    [ResponseExample(StatusCodes.Status200OK, UploadExamples.Finished)]
    public async Task<IActionResult> Get(Guid id, CancellationToken cancellationToken)
    {
        var answer = HttpMethods.IsHead(Request.Method) ? await Head(id, cancellationToken) : await Describe(id, cancellationToken);
        return new VersionedResult(answer, CurrentRepresentation.Untagged);
    }

    /// <summary>Adds bytes to an upload, and finishes it with the last of them.</summary>
    /// <remarks>
    /// Without `Tus-Resumable` the type is `application/partial-upload`, and `Upload-Complete` says whether these are the last bytes; if so, the
    /// answer is that of the plain upload. `Upload-Offset` must be where the upload is; else 409. `Upload-Length` says the length of a file that
    /// was created without one. With `Upload-Checksum`, `Content-Digest` or `Content-MD5` the bytes count only if they agree with it (460 or
    /// 400). At the end the file is attached under the same rules as by a plain upload, and a refusal has the same status and code.
    /// </remarks>
    /// <param name="id" example="0b9f5c0e-6d0e-4f6d-9a53-0d8c7b2f1a10">The upload.</param>
    /// <response code="200">The file is attached (`Upload-Complete: ?1`); the body is that of the plain upload.</response>
    /// <response code="201">The same for a set, and for a new attachment.</response>
    /// <response code="204">Stored; `Upload-Offset` has the bytes that have arrived. At the end, `Content-Location` has the file's URL.</response>
    [HttpPatch("{id}")]
    [Operation("Upload")]
    [Resumable(DescribesUpload = true)]
    [RequestBody(TusFields.Chunk, Description = "The next bytes of the file.")]
    [ProducesResponseType<object>(StatusCodes.Status200OK)]
    [ProducesResponseType<object>(StatusCodes.Status201Created)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Append(Guid id)
    {
        var upload = await uploads.Append(Request, id);
        return RufhRequest.IsComplete(Request) is true ? new FinalAnswer(upload, owned.Value.UnsetSequenceMap) : NoContent();
    }

    /// <summary>Ends an upload, and forgets it. A file that it has stored stays.</summary>
    /// <param name="id" example="0b9f5c0e-6d0e-4f6d-9a53-0d8c7b2f1a10">The upload.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="204">Ended.</response>
    [HttpDelete("{id}")]
    [Operation("Upload")]
    [Resumable(DescribesUpload = true)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Delete(Guid id, CancellationToken cancellationToken)
    {
        await mediator.Send(new DeleteUpload(id, uploads.ReadConditions(Request)), cancellationToken);
        return NoContent();
    }

    /// <summary>Does what `X-HTTP-Method-Override` says: PATCH, DELETE or HEAD.</summary>
    /// <remarks>For clients that can send no other methods.</remarks>
    /// <param name="id" example="0b9f5c0e-6d0e-4f6d-9a53-0d8c7b2f1a10">The upload.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="200">As HEAD.</response>
    /// <response code="204">As PATCH or DELETE.</response>
    [HttpPost("{id}")]
    [Operation("UploadOverride")]
    [Resumable(DescribesUpload = true)]
    [RequestBody(TusFields.Chunk)]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Override(Guid id, CancellationToken cancellationToken)
    {
        switch (Request.Headers[TusFields.MethodOverride].ToString().Trim().ToUpperInvariant())
        {
            case "PATCH":
                return await Append(id);
            case "DELETE":
                return await Delete(id, cancellationToken);
            case "HEAD":
                return await Head(id, cancellationToken);
            default:
                Response.Headers.Allow = "DELETE, GET, HEAD, OPTIONS, PATCH";
                return StatusCode(StatusCodes.Status405MethodNotAllowed);
        }
    }

    private async Task<IActionResult> Head(Guid id, CancellationToken cancellationToken)
    {
        var isTus = TusRequest.IsTus(Request);
        if (!isTus)
        {
            RequireNoProgress();
        }

        var upload = await mediator.Send(new GetUpload(id, EndsAtLength: isTus), cancellationToken);
        if (isTus && upload.State == UploadState.Refused)
        {
            return StatusCode(StatusCodes.Status410Gone);
        }

        UploadAnswer.Describe(Response, upload);
        return isTus ? Ok() : NoContent();
    }

    /// <summary>A request that asks how far an upload is does not say so itself (RUFH up to draft -05, "Offset Retrieval").</summary>
    private void RequireNoProgress()
    {
        if (Request.Headers.ContainsKey(TusFields.Offset) || Request.Headers.ContainsKey(TusFields.Complete))
        {
            throw new InvalidRequestException(
                "upload_offset_invalid", $"A request for the offset has neither {TusFields.Offset} nor {TusFields.Complete}.");
        }
    }

    private async Task<IActionResult> Describe(Guid id, CancellationToken cancellationToken)
    {
        var upload = await mediator.Send(new GetUpload(id, TusRequest.IsTus(Request)), cancellationToken);
        UploadAnswer.Describe(Response, upload);
        return Ok(UploadDocument.From(upload, HttpContext, owned.Value.UnsetSequenceMap));
    }
}
