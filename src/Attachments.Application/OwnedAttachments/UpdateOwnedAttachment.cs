using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;
using AutoMapper;
using MediatR;
using Microsoft.EntityFrameworkCore;

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
    BlobWriter writer,
    OwnedAttachmentDraftReader reader,
    Caller caller,
    IMapper mapper,
    TimeProvider time)
    : IRequestHandler<UpdateOwnedAttachment, OwnedAttachmentDto>
{
    public async Task<OwnedAttachmentDto> Handle(UpdateOwnedAttachment request, CancellationToken cancellationToken)
    {
        await db.OwnedAttachments.AsNoTracking().RequireForChange(request.Id, caller, request.Preconditions, cancellationToken);
        await using var reception = writer.Open();
        var draft = await reader.Read(request.Entries, reception, cancellationToken);
        return await db.Change(token => Update(request, draft, reception, token), CancellationToken.None);
    }

    private async Task<OwnedAttachmentDto> Update(
        UpdateOwnedAttachment request, OwnedAttachmentDraft draft, Reception reception, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var attachment = await db.OwnedAttachments.RequireForChange(request.Id, caller, request.Preconditions, cancellationToken);
        Apply(draft, attachment, now);
        if (draft.File is { } file)
        {
            attachment.Replace(await reception.Keep(file, cancellationToken), now);
        }

        // Without reading it again: where nothing changes nothing is written, so that another request may have changed it since.
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
