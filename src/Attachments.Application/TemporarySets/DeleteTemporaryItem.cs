using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets;

/// <summary>Removes one file from a set. The set stays, even without any.</summary>
/// <param name="TemporaryId">The set.</param>
/// <param name="ItemId">The file.</param>
/// <param name="Preconditions">Of the file's contents.</param>
public sealed record DeleteTemporaryItem(Guid TemporaryId, Guid ItemId, Preconditions Preconditions) : IRequest;

public sealed class DeleteTemporaryItemHandler(IAttachmentsDb db, TemporarySetAccess access)
    : IRequestHandler<DeleteTemporaryItem>
{
    public Task<Unit> Handle(DeleteTemporaryItem request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var withItem = db.TemporarySets
                .Include(set => set.Items.Where(item => item.Id == request.ItemId))
                .ThenInclude(item => item.Blob);
            var set = await access.Require(withItem, request.TemporaryId, token);
            var item = set.Items.SingleOrDefault() ?? throw TemporarySetAccess.ItemNotFound(request.ItemId);
            request.Preconditions.RequireForWrite(CurrentRepresentation.From(item.Blob.Sha256!, item.Blob.StoredAt!.Value));
            set.Remove(item);
            return Unit.Value;
        },
        cancellationToken);
}
