using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attachments.Application.Uploads;

/// <summary>What the file of an upload becomes part of, as data: it is kept from the first request to the last.</summary>
[JsonDerivedType(typeof(SessionPointTarget), "session_point")]
[JsonDerivedType(typeof(RecordFileTarget), "record_file")]
[JsonDerivedType(typeof(TemporarySetTarget), "temporary_set")]
[JsonDerivedType(typeof(NewOwnedAttachmentTarget), "new_owned_attachment")]
[JsonDerivedType(typeof(OwnedAttachmentTarget), "owned_attachment")]
public abstract record UploadTarget
{
    internal string Serialize() => JsonSerializer.Serialize(this);

    internal static UploadTarget Deserialize(string json) => JsonSerializer.Deserialize<UploadTarget>(json)!;
}

/// <summary>A point of a session, whose value the file replaces.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Point">The point's name.</param>
public sealed record SessionPointTarget(long ProjectId, string Uuid, string Point) : UploadTarget;

/// <summary>A place of a record, whose file the upload replaces.</summary>
/// <param name="FormType">The record's form type.</param>
/// <param name="RecordId">The id within it.</param>
/// <param name="Folder">Null: the root.</param>
/// <param name="Name">The name of the file.</param>
public sealed record RecordFileTarget(string FormType, string RecordId, string? Folder, string Name) : UploadTarget;

/// <summary>A temporary set, which gets one item more.</summary>
/// <param name="TemporaryId">What callers know the set by.</param>
public sealed record TemporarySetTarget(Guid TemporaryId) : UploadTarget
{
    /// <summary>The name of the item; null or empty: that of the file.</summary>
    public string? Name { get; init; }

    /// <summary>The internal key of the set that the upload began for: the id may be another set's by the end.</summary>
    public Guid SetId { get; init; }
}

/// <summary>A new owned attachment.</summary>
public sealed record NewOwnedAttachmentTarget : UploadTarget
{
    public OwnedAttachmentFields Fields { get; init; } = new();
}

/// <summary>An owned attachment, whose bytes the file replaces.</summary>
/// <param name="Id">The attachment.</param>
public sealed record OwnedAttachmentTarget(long Id) : UploadTarget
{
    public OwnedAttachmentFields Fields { get; init; } = new();
}

/// <summary>The fields of an owned attachment that an upload sets. Those that it does not mention are left as they are.</summary>
public sealed record OwnedAttachmentFields
{
    public string? Description { get; init; }

    /// <summary>Whether the organisation is set.</summary>
    public bool SetsOrganisation { get; init; }

    public long? Organisation { get; init; }

    /// <summary>Whether the sequence map is set.</summary>
    public bool SetsSequenceMap { get; init; }

    /// <summary>The value of a <see cref="Domain.OwnedAttachments.SequenceMap"/>.</summary>
    public string? SequenceMap { get; init; }
}
