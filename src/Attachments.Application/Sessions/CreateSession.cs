using Attachments.Application.Common;
using Attachments.Application.Content;
using Attachments.Domain.Sessions;
using AutoMapper;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Sessions;

/// <summary>
/// Creates a session. One of the same uuid is replaced, with its files, once the whole of the new one is valid and stored.
/// </summary>
public sealed record CreateSession(long ProjectId, IAsyncEnumerable<SessionEntry> Entries) : IRequest<SessionDto>, IProjectRequest;

public sealed class CreateSessionHandler(
    IAttachmentsDb db, BlobWriter writer, SessionDraftReader reader, IConfigurationProvider mappings, TimeProvider time)
    : IRequestHandler<CreateSession, SessionDto>
{
    public async Task<SessionDto> Handle(CreateSession request, CancellationToken cancellationToken)
    {
        await using var reception = writer.Open();
        var draft = await reader.Read(request.Entries, reception, cancellationToken);
        return await db.Change(token => Create(request.ProjectId, draft, reception, token), CancellationToken.None);
    }

    private async Task<SessionDto> Create(long projectId, SessionDraft draft, Reception reception, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = NewSession(projectId, draft, now);
        await RemoveOld(session, now, cancellationToken);
        await draft.Apply(session, reception, now, cancellationToken);
        db.Sessions.Add(session);
        return await db.SaveAndRead(session, mappings, cancellationToken);
    }

    private static Session NewSession(long projectId, SessionDraft draft, DateTimeOffset now) => Session.Create(
        projectId,
        draft.Uuid ?? Guid.NewGuid().ToString(),
        draft.UnitId ?? throw new InvalidRequestException("unit_id_missing", "A session needs a unit_id."),
        UnixSeconds.Parse(draft.Created) ?? now.ToUnixTimeSeconds(),
        UnixSeconds.Parse(draft.Saved) ?? now.ToUnixTimeSeconds());

    private async Task RemoveOld(Session made, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await db.Sessions.OfProject(made.ProjectId, made.Uuid).WithFiles().SingleOrDefaultAsync(cancellationToken) is { } old)
        {
            db.Sessions.RemoveWithFiles(old, now);
        }
    }
}
