using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;
using AutoMapper;
using MediatR;

namespace Attachments.Application.OwnedAttachments;

/// <summary>Changes what is given of an attachment, its bytes among them, and leaves the rest as it is.</summary>
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
    OwnedAttachmentDraftReader reader,
    Caller caller,
    IMapper mapper,
    TimeProvider time)
    : IRequestHandler<UpdateOwnedAttachment, OwnedAttachmentDto>
{
    public Task<OwnedAttachmentDto> Handle(UpdateOwnedAttachment request, CancellationToken cancellationToken) => uploader.Upload(
        new OwnedAttachmentDestination(db, request.Id, request.Preconditions, caller, mapper, time),
        (_, receiver, token) => reader.Read(request.Entries, receiver, token),
        cancellationToken);
}

/// <summary>An attachment, whose fields and bytes the upload replaces.</summary>
internal sealed class OwnedAttachmentDestination(
    IAttachmentsDb db, long id, Preconditions preconditions, Caller caller, IMapper mapper, TimeProvider time)
    : UploadDestination<OwnedAttachment, OwnedAttachmentDraft, OwnedAttachmentDto>
{
    public override Task<OwnedAttachment> Load(CancellationToken cancellationToken) =>
        db.OwnedAttachments.RequireForChange(id, caller, preconditions, cancellationToken);

    public override async Task<OwnedAttachmentDto> Attach(
        OwnedAttachment attachment, OwnedAttachmentDraft draft, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Apply(draft, attachment, now);
        if (draft.File is { } file)
        {
            attachment.Replace(await receiver.Complete(file, cancellationToken), now);
        }

        // Without reading it again: if nothing changed, nothing is written, and another request may have changed it since.
        return mapper.Map<OwnedAttachmentDto>(attachment);
    }

    private void Apply(OwnedAttachmentDraft draft, OwnedAttachment attachment, DateTimeOffset now)
    {
        if (draft.FileName is { } fileName)
        {
            attachment.Rename(FileName.From(fileName), now);
        }

        if (draft.Description is { } description)
        {
            attachment.Describe(description, now);
        }

        if (draft.SequenceMapFor is { } json)
        {
            attachment.MapSequenceFor(SequenceMap.From(json), now);
        }

        if (draft.OwnedByOrganisation is not null && draft.Organisation != attachment.OwnedByOrganisation)
        {
            caller.RequireSharingWith(draft.Organisation);
            attachment.ShareWith(draft.Organisation, now);
        }

        if (draft.Owner is { } owner)
        {
            attachment.TransferTo(owner, now);
        }
    }
}
