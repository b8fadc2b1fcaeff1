using System.Text.Json;
using Attachments.Api.Http.JsonApi;
using Attachments.Application.Pipeline;
using Attachments.Application.Records;
using Attachments.Application.Settings;
using Attachments.Domain.Records;

namespace Attachments.Api.Controllers.Records;

/// <summary>Reads the record in a JSON:API document.</summary>
internal static class RecordBody
{
    public static ReadBody<RecordDraft> Read(HttpRequest request, LimitsOptions limits) => cancellationToken =>
        JsonApiDocument.Read(request, RecordResources.RecordType, limits, Draft, cancellationToken);

    /// <summary>Like <see cref="Read"/>, for a document that must have an id (JSON:API 1.1, "Updating Resources").</summary>
    public static ReadBody<RecordDraft> ReadWithId(HttpRequest request, LimitsOptions limits) => cancellationToken =>
        JsonApiDocument.Read(request, RecordResources.RecordType, limits, DraftWithId, cancellationToken);

    private static RecordDraft DraftWithId(JsonApiDocument document) =>
        Draft(document.Id is not null ? document : throw JsonApiDocument.Invalid("/data", "has no member 'id'"));

    private static RecordDraft Draft(JsonApiDocument document) => new(
        document.Id,
        document.Attributes.ValueKind == JsonValueKind.Undefined ? RecordAttributes.Empty : RecordAttributes.From(document.Attributes));
}
