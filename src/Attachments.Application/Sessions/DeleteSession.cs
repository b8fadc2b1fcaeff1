using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>Deletes a session with all its points and files.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Preconditions">Of the session, which is there.</param>
public sealed record DeleteSession(long ProjectId, string Uuid, Preconditions Preconditions) : IRequest;

public sealed class DeleteSessionHandler(IAttachmentsDb db) : IRequestHandler<DeleteSession>
{
    // A client that does not wait long enough must not undo what takes long: it would never be done.
    public Task<Unit> Handle(DeleteSession request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            await db.LiftStatementTimeout(token);
            var session = await db.Sessions.WhereKey(request.ProjectId, request.Uuid).IncludeFiles().SingleOrDefaultAsync(token)
                ?? throw SessionQueries.NotFound(request.ProjectId, request.Uuid);
            request.Preconditions.RequireForWrite(CurrentRepresentation.Untagged);
            session.Delete();
            db.Sessions.Remove(session);
            return Unit.Value;
        },
        CancellationToken.None);
}
