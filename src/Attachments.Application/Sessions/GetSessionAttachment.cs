using Attachments.Application.Common;
using Attachments.Application.Content;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>The file in a point of a session.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Point">The point's name.</param>
/// <param name="Whole">Its bytes are likely to be wanted, all of them.</param>
public sealed record GetSessionAttachment(long ProjectId, string Uuid, string Point, bool Whole) : IRequest<StoredFile>, IProjectRequest;

public sealed class GetSessionAttachmentHandler(IAttachmentsDb db, BlobReader reader) : IRequestHandler<GetSessionAttachment, StoredFile>
{
    public async Task<StoredFile> Handle(GetSessionAttachment request, CancellationToken cancellationToken)
    {
        var files = db.Sessions
            .AsNoTracking()
            .OfProject(request.ProjectId, request.Uuid)
            .SelectMany(session => session.Points)
            .Where(point => point.Name == request.Point && point.BlobId != null)
            .Select(point => new HeldFile { FileName = point.FileName!, Blob = point.Blob });
        if (await reader.Find(files, request, request.Whole, cancellationToken) is { Stored: { } file })
        {
            return file;
        }

        await db.Sessions.Require(request.ProjectId, request.Uuid, cancellationToken);
        throw SessionQueries.AttachmentNotFound(request.Point);
    }
}
