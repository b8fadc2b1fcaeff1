using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using MediatR;

namespace Attachments.Application.OwnedAttachments;

/// <summary>Deletes the bytes of an attachment and keeps its metadata. For administrators. Repeating it changes nothing.</summary>
/// <param name="Id">The attachment.</param>
/// <param name="Preconditions">What must be true of the entry.</param>
public sealed record PurgeOwnedAttachment(long Id, Preconditions Preconditions) : IRequest;

public sealed class PurgeOwnedAttachmentHandler(IAttachmentsDb db, Caller caller, TimeProvider time)
    : IRequestHandler<PurgeOwnedAttachment>
{
    public Task<Unit> Handle(PurgeOwnedAttachment request, CancellationToken cancellationToken)
    {
        caller.RequireAdmin();
        return db.Change(token => Purge(request, token), cancellationToken);
    }

    private async Task<Unit> Purge(PurgeOwnedAttachment request, CancellationToken cancellationToken)
    {
        var attachment = await db.OwnedAttachments.LoadForChange(request.Id, caller, request.Preconditions, cancellationToken);
        attachment.Purge(time.GetUtcNow());
        return Unit.Value;
    }
}
