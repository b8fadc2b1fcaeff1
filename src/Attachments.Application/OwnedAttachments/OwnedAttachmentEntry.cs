using Attachments.Application.Content.Uploads;

namespace Attachments.Application.OwnedAttachments;

/// <summary>
/// One thing that a request says about an attachment, in the order in which it arrives; a later one wins over an earlier.
/// </summary>
public abstract record OwnedAttachmentEntry;

/// <summary>
/// A field of it: <c>filename</c>, <c>description</c>, <c>sequence_map_for</c>, <c>owned_by_org</c> or <c>owned_by_user</c>. Others are
/// ignored.
/// </summary>
/// <param name="Name">As the API writes it.</param>
/// <param name="Text">Of a sequence map: JSON. Empty for null.</param>
public sealed record OwnedAttachmentField(string Name, string Text) : OwnedAttachmentEntry;

/// <summary>Its file, whose bytes are not yet read.</summary>
public sealed record OwnedAttachmentFile(IncomingFile Upload) : OwnedAttachmentEntry;
