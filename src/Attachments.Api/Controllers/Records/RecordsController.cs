using System.Text.Json;
using Attachments.Api.Access;
using Attachments.Api.Docs;
using Attachments.Api.Http.Conditional;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.JsonApi;
using Attachments.Api.Http.Media;
using Attachments.Application.Conditional;
using Attachments.Application.Paging;
using Attachments.Application.Records;
using Attachments.Application.Settings;
using Attachments.Domain.Records;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Controllers.Records;

/// <summary>Records of a form type, in JSON:API 1.1.</summary>
[ApiController]
[Tags("Records")]
[TagDescription("Records of a form type, in JSON:API 1.1.")]
[RequireRecordsScope]
[Route($"{JsonApiFamily.Route}/{{eformtype}}")]
public sealed class RecordsController(IMediator mediator, IOptions<LimitsOptions> limits, TimeProvider time) : ControllerBase
{
    private const string IdConflict = "`id_conflict`, `type_conflict`: the id or the type in the document does not belong to this address.";

    /// <summary>Creates a record.</summary>
    /// <remarks>
    /// The document may have a full `id` (`Contract/57`). Otherwise the record gets the next number of the form type; numbers start at 1
    /// and are never reused. An id that is taken, or that has another form type, is a conflict (409).
    /// </remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpPost]
    [JsonApi]
    [RequestBody(JsonApiMediaType.Name, Type = typeof(RecordInput), Description = RecordExamples.DocumentDescription, Example = RecordExamples.New)]
    [RequestBody(MediaTypes.Json, Type = typeof(RecordInput), Example = RecordExamples.Named)]
    [ProducesResponseType(StatusCodes.Status201Created)]
    [DocumentResponse(201, JsonApiMediaType.Name, RecordExamples.Record, Type = typeof(RecordDocument), Description = "The record; `Location` has its URL.")]
    [ErrorResponse(409, IdConflict + " `record_exists`: there is a record of this id.")]
    [Versioned]
    [ResponseHeaders("Location", "Content-Location")]
    [Operation("Record")]
    public async Task<IActionResult> Create(string eformtype, CancellationToken cancellationToken)
    {
        var formType = RecordKey.RequireFormType(eformtype);
        var create = new CreateRecord(formType, RecordBody.Read(Request, limits.Value), Conditions());
        var record = await mediator.Send(create, cancellationToken);
        Response.Headers.Location = new RecordUrls(Request).Record(record.FormType, record.RecordId);
        return Saved(StatusCodes.Status201Created, record);
    }

    /// <summary>Lists the records of a form type by page, sorted by the code points of their ids.</summary>
    /// <remarks>
    /// `page[size]` is 1 to 1000, 50 by default. `links.next` has the URL of the next page. Clients that put the whole id of a record into
    /// one segment (`/api/records/Contract%2F57`) find the record here, as long as no form type has that name; they change and delete it
    /// at that address, too.
    /// </remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded. An unused one has no records.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet]
    [JsonApi(Paged = true)]
    [DocumentResponse(200, JsonApiMediaType.Name, RecordExamples.Records, Type = typeof(RecordListDocument), Description = "A page of records.")]
    [Operation("Records")]
    public async Task<IActionResult> List(string eformtype, CancellationToken cancellationToken)
    {
        var formType = RecordKey.RequireFormType(eformtype);
        if (!HttpContext.Features.GetRequiredFeature<JsonApiQuery>().IsPaged
            && await mediator.Send(new FindRecordByWholeId(formType), cancellationToken) is { } record)
        {
            return new VersionedResult(Document(StatusCodes.Status200OK, record), record.Representation);
        }

        var urls = new RecordUrls(Request);
        return new JsonApiListResult<RecordKey>(
            (page, token) => mediator.Send(new ListRecords(formType, page), token),
            (writer, key, token) => Write(writer, key, urls, token),
            PageRequest.DefaultSize,
            (size, after) => RecordUrls.Page(urls.Records(formType), size, after));
    }

    /// <summary>Reads a record.</summary>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpGet("{recordid}")]
    [Versioned]
    [JsonApi]
    [DocumentResponse(200, JsonApiMediaType.Name, RecordExamples.Record, Type = typeof(RecordDocument), Description = "The record.")]
    [ResponseHeaders("Content-Location")]
    [Operation("Record")]
    public async Task<IActionResult> Get(string eformtype, string recordid, CancellationToken cancellationToken)
    {
        var record = await mediator.Send(new GetRecord(RecordKey.Create(eformtype, recordid)), cancellationToken);
        return new VersionedResult(Document(StatusCodes.Status200OK, record), record.Representation);
    }

    /// <summary>Creates a record, or replaces its attributes.</summary>
    /// <remarks>
    /// The files of the record are kept. `If-None-Match: *` only creates; `If-Match` only replaces the version that it names.
    /// </remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpPut("{recordid}")]
    [JsonApi]
    [RequestBody(JsonApiMediaType.Name, Type = typeof(RecordInput), Description = RecordExamples.DocumentDescription, Example = RecordExamples.Named)]
    [RequestBody(MediaTypes.Json, Type = typeof(RecordInput), Example = RecordExamples.Named)]
    [DocumentResponse(200, JsonApiMediaType.Name, RecordExamples.Record, Type = typeof(RecordDocument), Description = "The replaced record.")]
    [DocumentResponse(201, JsonApiMediaType.Name, RecordExamples.Record, Type = typeof(RecordDocument), Description = "The created record.")]
    [ErrorResponse(409, IdConflict)]
    [Versioned]
    [ResponseHeaders("Content-Location")]
    [Operation("Record")]
    public async Task<IActionResult> Put(string eformtype, string recordid, CancellationToken cancellationToken)
    {
        var put = new PutRecord(RecordKey.Create(eformtype, recordid), RecordBody.Read(Request, limits.Value), Conditions());
        var saved = await mediator.Send(put, cancellationToken);
        return Saved(saved.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, saved.Record);
    }

    /// <summary>Sets some attributes of a record.</summary>
    /// <remarks>Each attribute that is sent is replaced as a whole; null is a value. The other attributes are not changed.</remarks>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="cancellationToken">The client went away.</param>
    [HttpPatch("{recordid}")]
    [JsonApi]
    [RequestBody(JsonApiMediaType.Name, Type = typeof(RecordInput), Description = RecordExamples.DocumentDescription, Example = RecordExamples.Patch)]
    [RequestBody(MediaTypes.Json, Type = typeof(RecordInput), Example = RecordExamples.Patch)]
    [DocumentResponse(200, JsonApiMediaType.Name, RecordExamples.Record, Type = typeof(RecordDocument), Description = "The updated record.")]
    [ErrorResponse(409, IdConflict)]
    [Versioned]
    [ResponseHeaders("Content-Location")]
    [Operation("Record")]
    public async Task<IActionResult> Patch(string eformtype, string recordid, CancellationToken cancellationToken)
    {
        var patch = new UpdateRecord(RecordKey.Create(eformtype, recordid), RecordBody.ReadWithId(Request, limits.Value), Conditions());
        return Saved(StatusCodes.Status200OK, await mediator.Send(patch, cancellationToken));
    }

    /// <summary>Deletes a record with all its files.</summary>
    /// <param name="eformtype" example="Contract">The form type, percent-encoded.</param>
    /// <param name="recordid" example="&quot;57&quot;">The record's id within the form type.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <response code="204">Deleted.</response>
    [HttpDelete("{recordid}")]
    [JsonApi]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Operation("Record")]
    public async Task<IActionResult> Delete(string eformtype, string recordid, CancellationToken cancellationToken)
    {
        await mediator.Send(new DeleteRecord(RecordKey.Create(eformtype, recordid), Conditions()), cancellationToken);
        return NoContent();
    }

    private Preconditions Conditions() => PreconditionHeaders.ParseForWrite(Request.Headers, time.GetUtcNow());

    private async ValueTask Write(Utf8JsonWriter writer, RecordKey key, RecordUrls urls, CancellationToken cancellationToken)
    {
        if (await mediator.Send(new FindRecord(key), cancellationToken) is { } record)
        {
            RecordResources.Write(writer, record, urls);
        }
    }

    private JsonApiResult Saved(int status, RecordDto record)
    {
        ValidatorHeaders.Set(Response.Headers, record.Representation, time.GetUtcNow());
        return Document(status, record);
    }

    private JsonApiResult Document(int status, RecordDto record)
    {
        var urls = new RecordUrls(Request);

        // Says that the body is the record as it is now, to which the entity tag belongs (RFC 9110, section 8.7).
        Response.Headers.ContentLocation = urls.Record(record.FormType, record.RecordId);
        return new JsonApiResult(status, writer => RecordResources.Write(writer, record, urls));
    }
}
