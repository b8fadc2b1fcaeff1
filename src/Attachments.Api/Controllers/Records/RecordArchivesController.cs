using Attachments.Api.Access;
using Attachments.Api.Docs;
using Attachments.Api.Http.Downloads;
using Attachments.Api.Http.JsonApi;
using Attachments.Api.Links;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Records;
using Attachments.Domain.Records;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;

namespace Attachments.Api.Controllers.Records;

/// <summary>The files of a record, or of one of its folders, as one zip archive.</summary>
[ApiController]
[Tags("Record attachments")]
[RequireRecordsScope]
[Route($"{JsonApiFamily.Route}/{{eformtype}}/{{recordid}}/archive")]
public sealed class RecordArchivesController(IMediator mediator) : ControllerBase
{
    /// <summary>Downloads all files of a record as one zip archive, each in its folder.</summary>
    /// <remarks>
    /// The files are stored in the archive and not compressed, so its length is known and a part of it can be requested (`Range`,
    /// `If-Range`), as of any file. The same files give the same bytes and the same `ETag`. If the content of a file is missing, the answer
    /// is 409 `archive_incomplete`; `unavailable=skip` leaves such files out, and `NOT-INCLUDED.txt` in the archive names them.
    /// </remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet]
    [Operation("RecordArchive")]
    [Linkable]
    [Download(ArchiveResult.MediaType)]
    [ErrorResponse(409, "`archive_incomplete`: the content of some files is missing; `archive_too_large`: there are too many files.")]
    [QueryParameter(
        "unavailable", JsonSchemaType.String, Description = "`skip` leaves out files whose content is missing.", Values = ["skip"])]
    public Task<IActionResult> Download(string eformtype, string recordid, CancellationToken cancellationToken) =>
        Download(RecordKey.Create(eformtype, recordid), folder: null, cancellationToken);

    /// <summary>Downloads the files in a folder of a record as one zip archive.</summary>
    /// <remarks>
    /// The files are stored in the archive and not compressed, so its length is known and a part of it can be requested (`Range`,
    /// `If-Range`), as of any file. The same files give the same bytes and the same `ETag`. If the content of a file is missing, the answer
    /// is 409 `archive_incomplete`; `unavailable=skip` leaves such files out, and `NOT-INCLUDED.txt` in the archive names them.
    /// </remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="folder" example="drafts">The folder's name, percent-encoded.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet("{folder}")]
    [Operation("RecordFolderArchive")]
    [Linkable]
    [Download(ArchiveResult.MediaType)]
    [ErrorResponse(409, "`archive_incomplete`: the content of some files is missing; `archive_too_large`: there are too many files.")]
    [QueryParameter(
        "unavailable", JsonSchemaType.String, Description = "`skip` leaves out files whose content is missing.", Values = ["skip"])]
    public Task<IActionResult> DownloadFolder(string eformtype, string recordid, string folder, CancellationToken cancellationToken) =>
        Download(RecordKey.Create(eformtype, recordid), FilePlace.RequireFolder(folder), cancellationToken);

    private async Task<IActionResult> Download(RecordKey key, string? folder, CancellationToken cancellationToken)
    {
        var archive = await mediator.Send(new ArchiveRecord(key, folder, ArchiveQuery.Parse(Request)), cancellationToken);
        return new ArchiveResult(archive, FileFamily.Records);
    }
}
