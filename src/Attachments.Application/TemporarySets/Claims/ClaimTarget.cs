using Attachments.Application.OwnedAttachments;
using Attachments.Application.Records;
using Attachments.Application.Sessions;
using Attachments.Domain.Records;

namespace Attachments.Application.TemporarySets.Claims;

/// <summary>The new owner of the files of a set, as a request names it.</summary>
public abstract record ClaimTarget;

/// <summary>The points of a session, each of which takes one file, in place of its value.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Points">The points of some files, by the ids of the files; any other file has the point of its name.</param>
public sealed record SessionTarget(long ProjectId, string Uuid, IReadOnlyDictionary<Guid, string> Points) : ClaimTarget;

/// <summary>A record, at its root or in one of its folders. No file replaces another.</summary>
/// <param name="Key">The record.</param>
/// <param name="Folder">Null: the root.</param>
public sealed record RecordTarget(RecordKey Key, string? Folder) : ClaimTarget;

/// <summary>
/// New owned attachments, one for each file. They belong to the owner of the set, and their descriptions are the files' names.
/// </summary>
/// <param name="Organisation">The organisation that they are shared with; null for none.</param>
public sealed record OwnedTarget(long? Organisation) : ClaimTarget;

/// <summary>What a claim made of the files of a set.</summary>
public abstract record Claimed;

/// <summary>The points that hold the files now.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Attachments">By point.</param>
public sealed record ClaimedBySession(long ProjectId, string Uuid, IReadOnlyList<SessionAttachmentDto> Attachments) : Claimed;

/// <summary>The new files of the record.</summary>
/// <param name="Key">The record.</param>
/// <param name="Files">By name.</param>
public sealed record ClaimedByRecord(RecordKey Key, IReadOnlyList<RecordFileDto> Files) : Claimed;

/// <summary>The new attachments, in upload order.</summary>
public sealed record ClaimedAsOwned(IReadOnlyList<OwnedAttachmentDto> Attachments) : Claimed;
