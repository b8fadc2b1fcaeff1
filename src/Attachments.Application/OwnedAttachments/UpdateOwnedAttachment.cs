using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Persistence;
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
    Caller caller,
    IMapper mapper,
    TimeProvider time)
    : IRequestHandler<UpdateOwnedAttachment, OwnedAttachmentDto>
{
    public async Task<OwnedAttachmentDto> Handle(UpdateOwnedAttachment request, CancellationToken cancellationToken)
    {
        await db.OwnedAttachments.AsNoTracking().RequireForChange(request.Id, caller, request.Preconditions, cancellationToken);
        await using var reception = writer.Open();
        var (changes, file) = await request.Entries.Receive(reception, cancellationToken);
        return await db.Change(token => Update(request, changes, file, reception, token), CancellationToken.None);
    }

    private async Task<OwnedAttachmentDto> Update(
        UpdateOwnedAttachment request,
        OwnedAttachmentChanges changes,
        ReceivedFile? file,
        Reception reception,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var attachment = await db.OwnedAttachments.RequireForChange(request.Id, caller, request.Preconditions, cancellationToken);
        Apply(changes, attachment, now);
        if (file is not null)
        {
            attachment.Replace(await reception.Keep(file, cancellationToken), now);
        }

        // Without reading it again: where nothing changes nothing is written, so that another request may have changed it since.
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
            attachment.MapSequenceFor(sequenceMap.Value, now);
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
