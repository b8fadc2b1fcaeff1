using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using MediatR;

namespace Attachments.Application.OwnedAttachments;

/// <summary>Deletes an attachment with its bytes.</summary>
/// <param name="Id">The attachment.</param>
/// <param name="Preconditions">The preconditions on the metadata.</param>
public sealed record DeleteOwnedAttachment(long Id, Preconditions Preconditions) : IRequest;

public sealed class DeleteOwnedAttachmentHandler(IAttachmentsDb db, Caller caller)
    : IRequestHandler<DeleteOwnedAttachment>
{
    public Task<Unit> Handle(DeleteOwnedAttachment request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var attachment = await db.OwnedAttachments.LoadForChange(request.Id, caller, request.Preconditions, token);
            attachment.Delete();
            db.OwnedAttachments.Remove(attachment);
            return Unit.Value;
        },
        cancellationToken);
}
