using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Persistence;
using Attachments.Domain.Sessions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>The file in a point of a session.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Point">The point's name.</param>
/// <param name="Whole">Its bytes are likely to be wanted, all of them.</param>
public sealed record DownloadSessionAttachment(long ProjectId, string Uuid, string Point, bool Whole) : IRequest<StoredFile>;

public sealed class DownloadSessionAttachmentHandler(IAttachmentsDb db, BlobReader reader)
    : IRequestHandler<DownloadSessionAttachment, StoredFile>
{
    private static readonly Func<DbContext, long, string, string, byte[]?, CancellationToken, Task<FoundFile?>> Find =
        EF.CompileAsyncQuery((DbContext db, long projectId, string uuid, string name, byte[]? unless, CancellationToken _) =>
            db.Set<Session>()
                .AsNoTracking()
                .Where(session => session.ProjectId == projectId && session.Uuid == uuid)
                .SelectMany(session => session.Points)
                .Where(point => point.Name == name && point.BlobId != null)
                .Select(point => new FoundFile
                {
                    FileName = point.FileName!,
                    Blob = point.Blob,
                    Content = SmallContent.Read(point.Blob, unless),
                })
                .SingleOrDefault());

    public async Task<StoredFile> Handle(DownloadSessionAttachment request, CancellationToken cancellationToken)
    {
        var found = await reader.Find(
            unless => Find(
                db.Context, request.ProjectId, request.Uuid, request.Point, unless, cancellationToken),
            request,
            request.Whole);
        if (found is { Stored: { } file })
        {
            return file;
        }

        await db.Sessions.RequireExists(request.ProjectId, request.Uuid, cancellationToken);
        throw SessionQueries.AttachmentNotFound(request.Point);
    }
}
