using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Persistence;
using Attachments.Domain.OwnedAttachments;
using AutoMapper;
using MediatR;

namespace Attachments.Application.OwnedAttachments;

/// <summary>Changes the given fields of an attachment, and its bytes if they are sent.</summary>
/// <param name="Id">The attachment.</param>
/// <param name="Entries">What the request says of it.</param>
/// <param name="Preconditions">
/// What must be true of the entry: checked before anything is received, and again in the transaction.
/// </param>
public sealed record UpdateOwnedAttachment(long Id, IAsyncEnumerable<OwnedAttachmentEntry> Entries, Preconditions Preconditions)
    : IRequest<OwnedAttachmentDto>;

public sealed class UpdateOwnedAttachmentHandler(
    IAttachmentsDb db,
    Uploader uploader,
    Caller caller,
    IMapper mapper,
    TimeProvider time)
    : IRequestHandler<UpdateOwnedAttachment, OwnedAttachmentDto>
{
    public Task<OwnedAttachmentDto> Handle(UpdateOwnedAttachment request, CancellationToken cancellationToken) => uploader.Upload(
        new OwnedAttachmentDestination(db, request.Id, request.Preconditions, caller, mapper, time),
        (_, receiver, token) => request.Entries.Receive(receiver, token),
        cancellationToken);
}

/// <summary>An attachment, whose fields and bytes the upload replaces.</summary>
internal sealed class OwnedAttachmentDestination(
    IAttachmentsDb db, long id, Preconditions preconditions, Caller caller, IMapper mapper, TimeProvider time)
    : UploadDestination<OwnedAttachment, ReceivedAttachment, OwnedAttachmentDto>
{
    public override Task<OwnedAttachment> Load(CancellationToken cancellationToken) =>
        db.OwnedAttachments.LoadForChange(id, caller, preconditions, cancellationToken);

    public override async Task<OwnedAttachmentDto> Attach(
        OwnedAttachment attachment, ReceivedAttachment upload, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Apply(upload.Changes, attachment, now);
        if (upload.File is { } file)
        {
            attachment.Replace(await receiver.Complete(file, cancellationToken), now);
        }

        // Without reading it again: if nothing changed, nothing is written, and another request may have changed it since.
        return mapper.Map<OwnedAttachmentDto>(attachment);
    }

    private void Apply(OwnedAttachmentChanges changes, OwnedAttachment attachment, DateTimeOffset now)
    {
        if (changes.FileName is { } fileName)
        {
            attachment.Rename(fileName, now);
        }

        if (changes.Description is { } description)
        {
            attachment.Describe(description, now);
        }

        if (changes.SequenceMap is { } sequenceMap)
        {
            attachment.SetSequenceMap(sequenceMap.Value, now);
        }

        if (changes.OwnedByOrganisation is { } organisation && organisation.Value != attachment.OwnedByOrganisation)
        {
            caller.RequireSharingWith(organisation.Value);
            attachment.ShareWith(organisation.Value, now);
        }

        if (changes.OwnedByUser is { } owner)
        {
            attachment.TransferTo(owner, now);
        }
    }
}
