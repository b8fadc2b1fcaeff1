using System.Text.Json;
using Attachments.Api.Http.JsonApi;
using Attachments.Application.Records;
using Attachments.Application.Settings;
using Attachments.Domain.Records;

namespace Attachments.Api.Controllers.Records;

/// <summary>Reads the record in a JSON:API document. The body is read lazily.</summary>
internal static class RecordDocument
{
    public static ReadRecordDraft Of(HttpRequest request, LimitsOptions limits) => cancellationToken =>
        JsonApiDocument.Read(request, RecordResources.RecordType, limits, Draft, cancellationToken);

    /// <summary>Like <see cref="Of"/>, for a document that must have an id (JSON:API 1.1, "Updating Resources").</summary>
    public static ReadRecordDraft Naming(HttpRequest request, LimitsOptions limits) => cancellationToken =>
        JsonApiDocument.Read(request, RecordResources.RecordType, limits, NamedDraft, cancellationToken);

    private static RecordDraft NamedDraft(JsonApiDocument document) =>
        Draft(document.Id is not null ? document : throw JsonApiDocument.Invalid("/data", "has no member 'id'"));

    private static RecordDraft Draft(JsonApiDocument document) => new(
        document.Id,
        document.Attributes.ValueKind == JsonValueKind.Undefined ? RecordAttributes.Empty : RecordAttributes.From(document.Attributes));
}
