using System.Text.Json.Serialization;
using Attachments.Api.Docs;

namespace Attachments.Api.Controllers.OwnedAttachments;

/// <summary>The changes of an owned attachment. A member that is not sent stays as it is.</summary>
/// <param name="FileName">Null counts as not sent.</param>
/// <param name="Description">Null clears it.</param>
/// <param name="SequenceMapFor">An object, an integer or a string. Null, `""` and `"None"` clear it.</param>
/// <param name="OwnedByOrganisation">Null takes it from its organisation.</param>
/// <param name="OwnedByUser">Null counts as not sent.</param>
public sealed record OwnedAttachmentInput(
    [property: JsonPropertyName(OwnedAttachmentBody.FileName)] string? FileName = null,
    [property: JsonPropertyName(OwnedAttachmentBody.Description)] string? Description = null,
    [property: JsonPropertyName(OwnedAttachmentBody.SequenceMapFor), Schema(typeof(object))] object? SequenceMapFor = null,
    [property: JsonPropertyName(OwnedAttachmentBody.OwnedByOrganisation)] long? OwnedByOrganisation = null,
    [property: JsonPropertyName(OwnedAttachmentBody.OwnedByUser)] Guid? OwnedByUser = null);

/// <summary>An owned attachment's fields as a form.</summary>
/// <param name="FileName">By default that of the file.</param>
/// <param name="Description">Empty clears it.</param>
/// <param name="SequenceMapFor">The JSON text of an object, an integer or a string. `None` clears it.</param>
/// <param name="OwnedByOrganisation">The id of an organisation; `null` for none.</param>
public record OwnedAttachmentForm(
    [property: JsonPropertyName(OwnedAttachmentBody.FileName)] string? FileName = null,
    [property: JsonPropertyName(OwnedAttachmentBody.Description)] string? Description = null,
    [property: JsonPropertyName(OwnedAttachmentBody.SequenceMapFor)] string? SequenceMapFor = null,
    [property: JsonPropertyName(OwnedAttachmentBody.OwnedByOrganisation)] long? OwnedByOrganisation = null);

/// <summary>A new owned attachment as a multipart form.</summary>
/// <param name="File">The bytes.</param>
public sealed record NewOwnedAttachmentForm([property: JsonPropertyName(OwnedAttachmentBody.File)] Stream File) : OwnedAttachmentForm;

/// <summary>The changes of an owned attachment as a form.</summary>
/// <param name="OwnedByUser">The new owner.</param>
public record OwnedAttachmentChangesForm(
    [property: JsonPropertyName(OwnedAttachmentBody.OwnedByUser)] Guid? OwnedByUser = null)
    : OwnedAttachmentForm;

/// <summary>The changes of an owned attachment as a multipart form.</summary>
/// <param name="File">The new bytes.</param>
public sealed record OwnedAttachmentChangesFormWithFile(
    [property: JsonPropertyName(OwnedAttachmentBody.File), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Stream? File = null)
    : OwnedAttachmentChangesForm;
