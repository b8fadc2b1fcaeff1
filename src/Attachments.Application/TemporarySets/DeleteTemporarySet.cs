using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using MediatR;

namespace Attachments.Application.TemporarySets;

/// <summary>Deletes a set with all its files. It is gone at once; its files are released by the sweeper, however many they are.</summary>
/// <param name="TemporaryId">The set.</param>
/// <param name="Preconditions">Of the set, which is there.</param>
public sealed record DeleteTemporarySet(Guid TemporaryId, Preconditions Preconditions) : IRequest;

public sealed class DeleteTemporarySetHandler(IAttachmentsDb db, TemporarySetAccess access, TimeProvider time)
    : IRequestHandler<DeleteTemporarySet>
{
    public Task<Unit> Handle(DeleteTemporarySet request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var set = await access.Require(db.TemporarySets, request.TemporaryId, token);
            request.Preconditions.RequireForWrite(CurrentRepresentation.Untagged);
            set.Drop(time.GetUtcNow());
            return Unit.Value;
        },
        cancellationToken);
}
