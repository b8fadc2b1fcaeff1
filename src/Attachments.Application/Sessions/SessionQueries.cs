using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>Queries and checks shared by the use cases of sessions.</summary>
internal static class SessionQueries
{
    private static readonly Func<DbContext, long, string, string, CancellationToken, Task<Session?>> FindWithPoint =
        EF.CompileAsyncQuery((DbContext db, long projectId, string uuid, string name, CancellationToken _) =>
            db.Set<Session>()
                .Include(session => session.Points.Where(point => point.Name == name))
                .ThenInclude(point => point.Blob)
                .SingleOrDefault(session => session.ProjectId == projectId && session.Uuid == uuid));

    public static IQueryable<Session> WhereKey(this IQueryable<Session> sessions, long projectId, string uuid) =>
        sessions.Where(session => session.ProjectId == projectId && session.Uuid == uuid);

    /// <exception cref="NotFoundException">There is no such session.</exception>
    public static async Task RequireExists(
        this IQueryable<Session> sessions, long projectId, string uuid, CancellationToken cancellationToken)
    {
        if (!await sessions.WhereKey(projectId, uuid).AnyAsync(cancellationToken))
        {
            throw NotFound(projectId, uuid);
        }
    }

    public static NotFoundException NotFound(long projectId, string uuid) =>
        new("session_not_found", $"Project {projectId} has no session '{uuid}'.");

    public static NotFoundException AttachmentNotFound(string point) =>
        new("attachment_not_found", $"The session has no file in the point '{point}'.");

    /// <summary>The file that a loaded point holds, as preconditions see it; null where it holds none.</summary>
    public static CurrentRepresentation? FindFileRepresentation(this Session session, string point) =>
        CurrentRepresentation.From(session.BlobIn(point));

    /// <summary>Sessions with those of their points that hold files.</summary>
    public static IQueryable<Session> IncludeFiles(this IQueryable<Session> sessions) =>
        sessions.Include(session => session.Points.Where(point => point.BlobId != null)).ThenInclude(point => point.Blob);

    /// <summary>A session with a point, if it has it.</summary>
    /// <exception cref="NotFoundException">There is no such session.</exception>
    public static async Task<Session> LoadWithPoint(
        this IAttachmentsDb db, long projectId, string uuid, string point, CancellationToken cancellationToken) =>
        await FindWithPoint(db.Context, projectId, uuid, point, cancellationToken) ?? throw NotFound(projectId, uuid);

    /// <summary>
    /// Loads a session to set these points, in the open change. Points with files are loaded. The others are deleted and created again,
    /// since the embedded bytes of all points may not fit in memory.
    /// </summary>
    /// <exception cref="NotFoundException">There is no such session.</exception>
    public static async Task<Session> LoadToReplace(
        this IAttachmentsDb db, long projectId, string uuid, IReadOnlyCollection<string> points, CancellationToken cancellationToken)
    {
        // Locks the session, so that the following statements see one state.
        await db.Sessions
            .WhereKey(projectId, uuid)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.Revision, session => session.Revision + 1), cancellationToken);
        var session = await db.Sessions
            .WhereKey(projectId, uuid)
            .Include(session => session.Points.Where(point => point.BlobId != null && points.Contains(point.Name)))
            .ThenInclude(point => point.Blob)
            .SingleOrDefaultAsync(cancellationToken) ?? throw NotFound(projectId, uuid);
        session.Discard(await db.Sessions
            .Where(loaded => loaded.Id == session.Id)
            .SelectMany(loaded => loaded.Points)
            .Where(point => point.BlobId == null && points.Contains(point.Name))
            .ExecuteDeleteAsync(cancellationToken));
        return session;
    }
}
