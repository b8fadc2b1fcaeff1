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
    Uploader uploader,
    Caller caller,
    IMapper mapper,
    TimeProvider time)
    : IRequestHandler<CreateOwnedAttachment, OwnedAttachmentDto>
{
    public Task<OwnedAttachmentDto> Handle(CreateOwnedAttachment request, CancellationToken cancellationToken) => uploader.Upload(
        new NewOwnedAttachmentDestination(db, request.Preconditions, caller, mapper, time),
        (_, receiver, token) => request.Entries.Receive(receiver, token),
        cancellationToken);
}

/// <summary>A new attachment, which the caller owns.</summary>
internal sealed class NewOwnedAttachmentDestination(
    IAttachmentsDb db, Preconditions preconditions, Caller caller, IMapper mapper, TimeProvider time)
    : UploadDestination<Unit, ReceivedAttachment, OwnedAttachmentDto>
{
    public override Task<Unit> Load(CancellationToken cancellationToken)
    {
        preconditions.RequireForWrite(null);
        return Unit.Task;
    }

    public override async Task<OwnedAttachmentDto> Attach(
        Unit owner, ReceivedAttachment upload, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        var (values, received) = upload;
        var file = received ?? throw new InvalidRequestException("file_missing", "The request contains no file in a field 'file'.");
        caller.RequireSharingWith(values.OwnedByOrganisation?.Value);
        var now = time.GetUtcNow();
        var attachment = OwnedAttachment.Create(
            await receiver.Complete(file, cancellationToken),
            values.FileName ?? file.FileName!,
            values.Description ?? "",
            caller.UserId,
            values.OwnedByOrganisation?.Value,
            now);
        attachment.SetSequenceMap(values.SequenceMap?.Value, now);
        db.OwnedAttachments.Add(attachment);

        // The database gives it its id.
        await db.SaveChangesAsync(cancellationToken);
        return mapper.Map<OwnedAttachmentDto>(attachment);
    }
}
