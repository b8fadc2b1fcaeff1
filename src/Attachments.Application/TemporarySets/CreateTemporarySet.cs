using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using MediatR;

namespace Attachments.Application.TemporarySets;

/// <summary>Makes an empty set of the caller's, and chooses its id.</summary>
/// <param name="Preconditions">Of a set that is not there yet.</param>
public sealed record CreateTemporarySet(Preconditions Preconditions) : IRequest<Guid>;

public sealed class CreateTemporarySetHandler(IAttachmentsDb db, TemporarySetAccess access) : IRequestHandler<CreateTemporarySet, Guid>
{
    public Task<Guid> Handle(CreateTemporarySet request, CancellationToken cancellationToken)
    {
        request.Preconditions.RequireForWrite(null);

        // Random: whoever knows an id that is in use can tell that it is.
        var temporaryId = Guid.NewGuid();
        return db.Change(async token => (await access.Create(temporaryId, token)).TemporaryId, cancellationToken);
    }
}
