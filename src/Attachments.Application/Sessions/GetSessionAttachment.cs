using Attachments.Application.Common;
using Attachments.Application.Content;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>The file in a point of a session.</summary>
public sealed record GetSessionAttachment(long ProjectId, string Uuid, string Point) : IRequest<StoredFile>, IProjectRequest;

public sealed class GetSessionAttachmentHandler(IAttachmentsDb db) : IRequestHandler<GetSessionAttachment, StoredFile>
{
    public async Task<StoredFile> Handle(GetSessionAttachment request, CancellationToken cancellationToken)
    {
        var point = await db.Sessions
            .AsNoTracking()
            .OfProject(request.ProjectId, request.Uuid)
            .SelectMany(session => session.Points)
            .Where(point => point.Name == request.Point && point.BlobId != null)
            .Select(point => new { point.FileName, point.Blob })
            .SingleOrDefaultAsync(cancellationToken);
        if (point is { FileName: { } fileName, Blob: { } blob })
        {
            return StoredFile.Of(blob, fileName);
        }

        await db.Sessions.Require(request.ProjectId, request.Uuid, cancellationToken);
        throw SessionQueries.AttachmentNotFound(request.Point);
    }
}
