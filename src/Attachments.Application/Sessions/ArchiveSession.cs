using Attachments.Application.Archives;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>All files of a session in one archive.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Choice">What else the request says.</param>
public sealed record ArchiveSession(long ProjectId, string Uuid, ArchiveChoice Choice) : IRequest<Archive>;

public sealed class ArchiveSessionHandler(IAttachmentsDb db, ArchiveBuilder builder) : IRequestHandler<ArchiveSession, Archive>
{
    /// <exception cref="NotFoundException"><c>session_not_found</c></exception>
    public async Task<Archive> Handle(ArchiveSession request, CancellationToken cancellationToken)
    {
        var files = db.Sessions
            .AsNoTracking()
            .WhereKey(request.ProjectId, request.Uuid)
            .SelectMany(session => session.Points)
            .Where(point => point.BlobId != null)
            .OrderBy(point => point.Name)
            .Select(point => new ArchivedFile { Name = Name(point.Name, point.FileName!.Value), Blob = point.Blob });
        var archive = await builder.Build(files, request.Uuid, request.Choice, cancellationToken);
        if (archive.Layout.Count == 0)
        {
            await db.Sessions.RequireExists(request.ProjectId, request.Uuid, cancellationToken);
        }

        return archive;
    }

    /// <summary>Devices often call a file after its point.</summary>
    private static string Name(string point, string fileName) =>
        fileName.StartsWith(point, StringComparison.Ordinal) ? fileName : $"{point} - {fileName}";
}
