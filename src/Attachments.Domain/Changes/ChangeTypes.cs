namespace Attachments.Domain.Changes;

/// <summary>The types of changes, as the feed names them.</summary>
public static class ChangeTypes
{
    public const string SessionCreated = "session.created";
    public const string SessionUpdated = "session.updated";
    public const string SessionDeleted = "session.deleted";
    public const string SessionAttachmentStored = "session.attachment.stored";
    public const string SessionAttachmentDeleted = "session.attachment.deleted";
    public const string RecordCreated = "record.created";
    public const string RecordUpdated = "record.updated";
    public const string RecordDeleted = "record.deleted";
    public const string RecordAttachmentStored = "record.attachment.stored";
    public const string RecordAttachmentDeleted = "record.attachment.deleted";
    public const string SetItemStored = "set.item.stored";
    public const string SetItemDeleted = "set.item.deleted";
    public const string SetDropped = "set.dropped";
    public const string SetExpired = "set.expired";
    public const string SetClaimed = "set.claimed";
    public const string AttachmentCreated = "attachment.created";
    public const string AttachmentUpdated = "attachment.updated";
    public const string AttachmentDeleted = "attachment.deleted";
    public const string AttachmentPurged = "attachment.purged";
    public const string ContentMissing = "content.missing";
    public const string ContentFound = "content.found";

    public static readonly IReadOnlyList<string> All =
    [
        SessionCreated, SessionUpdated, SessionDeleted, SessionAttachmentStored, SessionAttachmentDeleted,
        RecordCreated, RecordUpdated, RecordDeleted, RecordAttachmentStored, RecordAttachmentDeleted,
        SetItemStored, SetItemDeleted, SetDropped, SetExpired, SetClaimed,
        AttachmentCreated, AttachmentUpdated, AttachmentDeleted, AttachmentPurged,
        ContentMissing, ContentFound,
    ];
}
