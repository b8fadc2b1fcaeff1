using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.OwnedAttachments;
using AutoMapper;
using MediatR;

namespace Attachments.Application.OwnedAttachments;

/// <summary>Creates an attachment that the caller owns.</summary>
/// <param name="Entries">What the request says of it.</param>
/// <param name="Preconditions">Of what is there before, which is nothing.</param>
public sealed record CreateOwnedAttachment(IAsyncEnumerable<OwnedAttachmentEntry> Entries, Preconditions Preconditions)
    : IRequest<OwnedAttachmentDto>;

public sealed class CreateOwnedAttachmentHandler(
    IAttachmentsDb db,
    BlobWriter writer,
    Caller caller,
    IMapper mapper,
    TimeProvider time)
    : IRequestHandler<CreateOwnedAttachment, OwnedAttachmentDto>
{
    public async Task<OwnedAttachmentDto> Handle(CreateOwnedAttachment request, CancellationToken cancellationToken)
    {
        request.Preconditions.RequireForWrite(null);
        await using var reception = writer.Open();
        var (values, received) = await request.Entries.Receive(reception, cancellationToken);
        var file = received ?? throw new InvalidRequestException("file_missing", "The request contains no file in a field 'file'.");
        caller.RequireSharingWith(values.OwnedByOrganisation?.Value);
        return await db.Change(token => Create(values, file, reception, token), CancellationToken.None);
    }

    private async Task<OwnedAttachmentDto> Create(
        OwnedAttachmentChanges values, ReceivedFile file, Reception reception, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var attachment = OwnedAttachment.Create(
            await reception.Keep(file, cancellationToken),
            values.FileName ?? file.FileName!,
            values.Description ?? "",
            caller.UserId,
            values.OwnedByOrganisation?.Value,
            now);
        attachment.MapSequenceFor(values.SequenceMap?.Value, now);
        db.OwnedAttachments.Add(attachment);

        // The database gives it its id.
        await db.SaveChangesAsync(cancellationToken);
        return mapper.Map<OwnedAttachmentDto>(attachment);
    }
}
