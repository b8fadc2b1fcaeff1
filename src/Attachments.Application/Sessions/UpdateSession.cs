using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using MediatR;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Sessions;

/// <summary>Gives an existing session the supplied fields and points, and leaves its others as they are.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Entries">What the request says of it.</param>
/// <param name="Preconditions">Of the session, which is there.</param>
public sealed record UpdateSession(long ProjectId, string Uuid, IAsyncEnumerable<SessionEntry> Entries, Preconditions Preconditions)
    : IRequest<SessionPage>;

public sealed class UpdateSessionHandler(
    IAttachmentsDb db, Uploader uploader, IOptions<LimitsOptions> limits, SessionSaver saving, TimeProvider time)
    : IRequestHandler<UpdateSession, SessionPage>
{
    public Task<SessionPage> Handle(UpdateSession request, CancellationToken cancellationToken) => uploader.Upload(
        new SessionDestination(db, saving, request.ProjectId, request.Uuid, request.Preconditions, time),
        (_, receiver, token) => SessionDraft.Receive(request.Entries, receiver, limits.Value, token),
        cancellationToken);
}

/// <summary>A session, to which the upload gives fields and points.</summary>
internal sealed class SessionDestination(
    IAttachmentsDb db, SessionSaver saving, long projectId, string uuid, Preconditions preconditions, TimeProvider time)
    : UploadDestination<Unit, SessionDraft, SessionPage>
{
    /// <summary>Which points are loaded depends on the body.</summary>
    public override async Task<Unit> Load(CancellationToken cancellationToken)
    {
        await db.Sessions.RequireExists(projectId, uuid, cancellationToken);
        preconditions.RequireForWrite(CurrentRepresentation.Untagged);
        return Unit.Value;
    }

    public override async Task<SessionPage> Attach(
        Unit owner, SessionDraft draft, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        var fields = draft.Fields;
        if (fields.Uuid is { } named && !string.Equals(named, uuid, StringComparison.Ordinal))
        {
            throw new InvalidRequestException("uuid_mismatch", "The uuid in the body does not match the session in the URL.");
        }

        var session = await db.LoadToReplace(projectId, uuid, draft.PointNames, cancellationToken);
        session.Update(fields.UnitId, fields.Created, fields.Saved ?? time.GetUtcNow().ToUnixTimeSeconds());
        await draft.Apply(session, receiver, cancellationToken);
        return await saving.SaveAndRead(session, cancellationToken);
    }
}
