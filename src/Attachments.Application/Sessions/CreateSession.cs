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
    IAttachmentsDb db, BlobWriter writer, SessionDraftReader reader, IMapper mapper, TimeProvider time)
    : IRequestHandler<CreateSession, SessionDto>
{
    public async Task<SessionDto> Handle(CreateSession request, CancellationToken cancellationToken)
    {
        await using var reception = writer.Open();
        var draft = await reader.Read(request.Entries, reception, cancellationToken);
        var now = time.GetUtcNow();
        var session = await db.Change(
            async token =>
            {
                var made = NewSession(request.ProjectId, draft, now);
                await RemoveOld(made, now, token);
                await draft.Apply(made, reception, now, token);
                db.Sessions.Add(made);
                return made;
            },
            CancellationToken.None);
        return mapper.Map<SessionDto>(session);
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
