using Attachments.Domain.Content;

namespace Attachments.Domain.Changes;

/// <summary>
/// What an act did to a thing, for the feed. It is written with the act and never changed; later it is given its position. It names the
/// thing as its URL does, and says by itself who may see it, since the thing may be gone or belong to others by then.
/// </summary>
public sealed class Change
{
    private Change(string type, long revision)
    {
        Type = type;
        Revision = revision;
    }

    /// <summary>Assigned by the database when it is written. Changes of one object have ascending ordinals.</summary>
    public long Ordinal { get; private set; }

    /// <summary>The same for every reader.</summary>
    public Guid Id { get; private set; }

    /// <summary>The place in the feed; null until it has one.</summary>
    public long? Position { get; private set; }

    /// <summary>When it was given its position.</summary>
    public DateTimeOffset? NumberedAt { get; private set; }

    /// <summary>One of <see cref="ChangeTypes"/>.</summary>
    public string Type { get; private set; }

    /// <summary>That of the aggregate, after the change.</summary>
    public long Revision { get; private set; }

    public DateTimeOffset OccurredAt { get; private set; }

    /// <summary>The user who did it; null: the service by itself.</summary>
    public Guid? MadeBy { get; private set; }

    /// <summary>Set for sessions and their files.</summary>
    public long? ProjectId { get; private set; }

    public string? SessionUuid { get; private set; }

    public string? PointName { get; private set; }

    /// <summary>A session took the place of another with its uuid.</summary>
    public bool IsReplacement { get; private set; }

    /// <summary>Set for records and their files.</summary>
    public string? FormType { get; private set; }

    public string? RecordId { get; private set; }

    public string? Folder { get; private set; }

    public string? FileName { get; private set; }

    /// <summary>Set for temporary sets and their items: the id that callers use.</summary>
    public Guid? TemporaryId { get; private set; }

    public Guid? ItemId { get; private set; }

    /// <summary>Set for owned attachments.</summary>
    public long? AttachmentId { get; private set; }

    /// <summary>The users who may see it because they own the thing, or did so before.</summary>
    public Guid[]? Owners { get; private set; }

    /// <summary>The organisations whose members may see it.</summary>
    public long[]? Organisations { get; private set; }

    /// <summary>Of the bytes that the thing has now, if the change is about them.</summary>
    public long? Length { get; private set; }

    public byte[]? Sha256 { get; private set; }

    public string? MediaType { get; private set; }

    public static Change OfSession(string type, long revision, long projectId, string uuid, string? point, bool isReplacement = false) =>
        new(type, revision) { ProjectId = projectId, SessionUuid = uuid, PointName = point, IsReplacement = isReplacement };

    public static Change OfRecord(string type, long revision, string formType, string recordId, string? folder, string? fileName) =>
        new(type, revision) { FormType = formType, RecordId = recordId, Folder = folder, FileName = fileName };

    public static Change OfSet(string type, long revision, Guid temporaryId, Guid owner, Guid? item) =>
        new(type, revision) { TemporaryId = temporaryId, Owners = [owner], ItemId = item };

    public static Change OfAttachment(
        string type, long revision, long id, Guid[] owners, long[] organisations) =>
        new(type, revision) { AttachmentId = id, Owners = owners, Organisations = organisations };

    /// <summary>Adds what is known of the bytes; null is none.</summary>
    public Change WithContent(Blob? blob)
    {
        (Length, Sha256, MediaType) = (blob?.Length, blob?.Sha256, blob?.MediaType);
        return this;
    }

    /// <summary>Says when it happened, and by whom.</summary>
    public void Sign(DateTimeOffset now, Guid? madeBy)
    {
        Id = Guid.CreateVersion7(now);
        OccurredAt = now;
        MadeBy = madeBy;
    }
}
