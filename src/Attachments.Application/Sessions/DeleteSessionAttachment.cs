using Attachments.Application.Common;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>Removes a point that holds a file, with the file. A point that holds anything else is left alone.</summary>
public sealed record DeleteSessionAttachment(long ProjectId, string Uuid, string Point) : IRequest, IProjectRequest;

public sealed class DeleteSessionAttachmentHandler(IAttachmentsDb db, TimeProvider time) : IRequestHandler<DeleteSessionAttachment>
{
    public Task<Unit> Handle(DeleteSessionAttachment request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var now = time.GetUtcNow();
            var session = await db.Sessions
                .OfProject(request.ProjectId, request.Uuid)
                .WithPoints([request.Point])
                .SingleOrDefaultAsync(token) ?? throw SessionQueries.NotFound(request.ProjectId, request.Uuid);
            var blob = session.Detach(request.Point, now.ToUnixTimeSeconds()) ?? throw SessionQueries.AttachmentNotFound(request.Point);
            blob.Release(now);
            return Unit.Value;
        },
        cancellationToken);
}
