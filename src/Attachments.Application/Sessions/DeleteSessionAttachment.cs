using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using MediatR;

namespace Attachments.Application.Sessions;

/// <summary>Removes a point and the file that it holds. A point that holds no file is not removed.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Point">The point's name.</param>
/// <param name="Preconditions">What must be true of the file.</param>
public sealed record DeleteSessionAttachment(long ProjectId, string Uuid, string Point, Preconditions Preconditions)
    : IRequest;

public sealed class DeleteSessionAttachmentHandler(IAttachmentsDb db, TimeProvider time) : IRequestHandler<DeleteSessionAttachment>
{
    public Task<Unit> Handle(DeleteSessionAttachment request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var session = await db.LoadWithPoint(request.ProjectId, request.Uuid, request.Point, token);
            var file = session.FindFileRepresentation(request.Point) ?? throw SessionQueries.AttachmentNotFound(request.Point);
            request.Preconditions.RequireForWrite(file);
            session.Detach(request.Point, time.GetUtcNow().ToUnixTimeSeconds());
            return Unit.Value;
        },
        cancellationToken);
}
