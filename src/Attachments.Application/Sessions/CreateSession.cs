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
/// Creates a session. An existing session with the same uuid is replaced with its files, once the new one is valid and completely stored.
/// </summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Entries">What the request says of it.</param>
/// <param name="Preconditions">Of the session that would be replaced: <c>If-None-Match: *</c> creates only.</param>
public sealed record CreateSession(long ProjectId, IAsyncEnumerable<SessionEntry> Entries, Preconditions Preconditions)
    : IRequest<SessionPage>;

public sealed class CreateSessionHandler(
    IAttachmentsDb db, Uploader uploader, IOptions<LimitsOptions> limits, SessionSaver saving, TimeProvider time)
    : IRequestHandler<CreateSession, SessionPage>
{
    public Task<SessionPage> Handle(CreateSession request, CancellationToken cancellationToken) => uploader.Upload(
        new NewSessionDestination(db, saving, request.ProjectId, request.Preconditions, time),
        (_, receiver, token) => SessionDraft.Receive(request.Entries, receiver, limits.Value, token),
        cancellationToken);
}

/// <summary>A new session, in place of an old one with the same uuid.</summary>
internal sealed class NewSessionDestination(
    IAttachmentsDb db, SessionSaver saving, long projectId, Preconditions preconditions, TimeProvider time)
    : UploadDestination<Unit, SessionDraft, SessionPage>
{
    /// <summary>Which session it replaces is in the body.</summary>
    public override Task<Unit> Load(CancellationToken cancellationToken) => Unit.Task;

    public override async Task<SessionPage> Attach(
        Unit owner, SessionDraft draft, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        var uuid = draft.Fields.Uuid is { } chosen ? Session.RequireUuid(chosen) : Guid.NewGuid().ToString();
        var old = await db.Sessions.WhereKey(projectId, uuid).IncludeFiles().SingleOrDefaultAsync(cancellationToken);
        preconditions.RequireForWrite(old is null ? null : CurrentRepresentation.Untagged);
        if (old is not null)
        {
            await db.LiftStatementTimeout(cancellationToken);
            old.GiveWay();
            db.Sessions.Remove(old);
        }

        var session = Create(uuid, draft.Fields, old);
        await draft.Apply(session, receiver, cancellationToken);
        db.Sessions.Add(session);
        return await saving.SaveAndRead(session, cancellationToken);
    }

    private Session Create(string uuid, SessionFields fields, Session? old)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return Session.Create(
            projectId,
            uuid,
            fields.UnitId ?? throw new InvalidRequestException("unit_id_missing", "A session needs a unit_id."),
            fields.Created ?? now,
            fields.Saved ?? now,
            old?.LatestModified,
            isReplacement: old is not null);
    }
}
