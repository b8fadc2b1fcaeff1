using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Attachments.Domain.Sessions;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Sessions;

/// <summary>
/// Creates a session. One of the same uuid is replaced, with its files, once the whole of the new one is valid and stored.
/// </summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Entries">What the request says of it.</param>
/// <param name="Preconditions">Of the session that would be replaced: <c>If-None-Match: *</c> creates only.</param>
public sealed record CreateSession(long ProjectId, IAsyncEnumerable<SessionEntry> Entries, Preconditions Preconditions)
    : IRequest<SessionStep>;

public sealed class CreateSessionHandler(
    IAttachmentsDb db, BlobWriter writer, IOptions<LimitsOptions> limits, SessionSaving saving, TimeProvider time)
    : IRequestHandler<CreateSession, SessionStep>
{
    public async Task<SessionStep> Handle(CreateSession request, CancellationToken cancellationToken)
    {
        await using var reception = writer.Open();
        var draft = await SessionDraft.Receive(request.Entries, reception, limits.Value, cancellationToken);
        return await db.Change(token => Create(request, draft, reception, token), CancellationToken.None);
    }

    private async Task<SessionStep> Create(CreateSession request, SessionDraft draft, Reception reception, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var uuid = draft.Fields.Uuid is { } chosen ? Session.RequireUuid(chosen) : Guid.NewGuid().ToString();
        var old = await db.Sessions.OfProject(request.ProjectId, uuid).WithFiles().SingleOrDefaultAsync(cancellationToken);
        request.Preconditions.RequireForWrite(old is null ? null : CurrentRepresentation.Untagged);
        if (old is not null)
        {
            await db.TakeTime(cancellationToken);
            db.Sessions.RemoveWithFiles(old);
        }

        var session = NewSession(request.ProjectId, uuid, draft.Fields, now, old?.LatestDate);
        await draft.Apply(session, reception, cancellationToken);
        db.Sessions.Add(session);
        return await saving.SaveAndRead(session, cancellationToken);
    }

    private static Session NewSession(
        long projectId, string uuid, SessionFields fields, DateTimeOffset now, DateTimeOffset? latestRemoved) => Session.Create(
        projectId,
        uuid,
        fields.UnitId ?? throw new InvalidRequestException("unit_id_missing", "A session needs a unit_id."),
        fields.Created ?? now.ToUnixTimeSeconds(),
        fields.Saved ?? now.ToUnixTimeSeconds(),
        latestRemoved);
}
