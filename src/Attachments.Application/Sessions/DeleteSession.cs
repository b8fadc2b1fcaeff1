using Attachments.Application.Common;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>Deletes a session with all its points and files.</summary>
public sealed record DeleteSession(long ProjectId, string Uuid) : IRequest, IProjectRequest;

public sealed class DeleteSessionHandler(IAttachmentsDb db, TimeProvider time) : IRequestHandler<DeleteSession>
{
    public Task<Unit> Handle(DeleteSession request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var session = await db.Sessions.OfProject(request.ProjectId, request.Uuid).WithFiles().SingleOrDefaultAsync(token)
                ?? throw SessionQueries.NotFound(request.ProjectId, request.Uuid);
            db.Sessions.RemoveWithFiles(session, time.GetUtcNow());
            return Unit.Value;
        },
        cancellationToken);
}
