using System.Text.Json.Serialization;

namespace Attachments.Api.Controllers.Records;

/// <summary>A record.</summary>
/// <param name="Data">The record.</param>
public sealed record RecordDocument([property: JsonPropertyName("data")] RecordResource Data);

/// <summary>A page of records.</summary>
/// <param name="Data">Sorted by id.</param>
/// <param name="Links">If there is another page.</param>
public sealed record RecordListDocument(
    [property: JsonPropertyName("data")] IReadOnlyList<RecordResource> Data,
    [property: JsonPropertyName("links"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] NextPageLink? Links = null);

/// <summary>The files of a record.</summary>
/// <param name="Data">Sorted by folder and name.</param>
/// <param name="Links">If there is another page.</param>
public sealed record RecordAttachmentListDocument(
    [property: JsonPropertyName("data")] IReadOnlyList<RecordAttachmentResource> Data,
    [property: JsonPropertyName("links"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] NextPageLink? Links = null);

/// <summary>The address of the next page.</summary>
/// <param name="Next">Its URL.</param>
public sealed record NextPageLink([property: JsonPropertyName("next")] string Next);

/// <summary>A record as a resource object.</summary>
/// <param name="Type">Always `record`.</param>
/// <param name="Id">The form type and the id within it: `Contract/57`.</param>
/// <param name="Attributes">Any members.</param>
/// <param name="Links">Its addresses.</param>
public sealed record RecordResource(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("attributes")] IReadOnlyDictionary<string, object?> Attributes,
    [property: JsonPropertyName("links")] RecordLinks Links);

/// <summary>The addresses of a record.</summary>
/// <param name="Self">Its URL.</param>
/// <param name="Attachments">The URL of the list of its files.</param>
public sealed record RecordLinks(
    [property: JsonPropertyName("self")] string Self, [property: JsonPropertyName("attachments")] string Attachments);

/// <summary>A file of a record as a resource object.</summary>
/// <param name="Type">Always `attachment`.</param>
/// <param name="Id">The id of the record, and the place of the file in it.</param>
/// <param name="Attributes">Its media type and length.</param>
/// <param name="Links">Its address.</param>
public sealed record RecordAttachmentResource(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("attributes")] RecordAttachmentAttributes Attributes,
    [property: JsonPropertyName("links")] RecordAttachmentLinks Links);

/// <summary>A file's media type and length.</summary>
/// <param name="MediaType">As declared by the upload.</param>
/// <param name="Size">In bytes.</param>
public sealed record RecordAttachmentAttributes(
    [property: JsonPropertyName("mimetype")] string MediaType, [property: JsonPropertyName("size")] long Size);

/// <summary>The address of a file.</summary>
/// <param name="Content">The URL of its bytes.</param>
public sealed record RecordAttachmentLinks([property: JsonPropertyName("content")] string Content);

/// <summary>A record to create, to replace or to change.</summary>
/// <param name="Data">The record.</param>
public sealed record RecordInput([property: JsonPropertyName("data")] RecordResourceInput Data);

/// <summary>What a client can say of a record. Null counts as not sent; other members are ignored.</summary>
/// <param name="Type">Always `record`.</param>
/// <param name="Id">The form type and the id within it: `Contract/57`. PATCH requires it.</param>
/// <param name="Attributes">Any members.</param>
public sealed record RecordResourceInput(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("id")] string? Id = null,
    [property: JsonPropertyName("attributes")] IReadOnlyDictionary<string, object?>? Attributes = null);
