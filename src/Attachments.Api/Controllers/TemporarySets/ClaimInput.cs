using System.Text.Json.Serialization;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>The new owner of the files of a set: exactly one of the three.</summary>
/// <param name="Record">A record.</param>
/// <param name="Session">A session.</param>
/// <param name="Owned">Owned attachments of the set's owner.</param>
public sealed record ClaimInput(
    [property: JsonPropertyName("Record"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RecordClaimInput? Record = null,
    [property: JsonPropertyName("Session"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SessionClaimInput? Session = null,
    [property: JsonPropertyName("Owned"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OwnedClaimInput? Owned = null);

/// <summary>A record that takes the files.</summary>
/// <param name="FormType">Its form type.</param>
/// <param name="Id">Its id within that type.</param>
/// <param name="Folder">The folder for the files; null for none.</param>
public sealed record RecordClaimInput(
    [property: JsonPropertyName("FormType")] string FormType,
    [property: JsonPropertyName("Id")] string Id,
    [property: JsonPropertyName("Folder")] string? Folder = null);

/// <summary>A session that takes the files.</summary>
/// <param name="ProjectId">Its project.</param>
/// <param name="Uuid">Its uuid.</param>
/// <param name="Points">The points by the ids of the files. A file that is not named goes into the point called like its `Name`.</param>
public sealed record SessionClaimInput(
    [property: JsonPropertyName("ProjectId")] long ProjectId,
    [property: JsonPropertyName("Uuid")] string Uuid,
    [property: JsonPropertyName("Points")] IReadOnlyDictionary<string, string>? Points = null);

/// <summary>Owned attachments that are made of the files.</summary>
/// <param name="OwnedByOrganisation">The organisation that they are shared with; null for none.</param>
public sealed record OwnedClaimInput([property: JsonPropertyName("OwnedByOrg")] long? OwnedByOrganisation = null);

/// <summary>Files for a set. The name of the field becomes the `Name` of each.</summary>
/// <param name="Files">The files.</param>
public sealed record TemporaryItemsForm([property: JsonPropertyName("files")] IReadOnlyList<Stream> Files);
