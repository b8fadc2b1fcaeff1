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
public sealed record MergeSession(long ProjectId, string Uuid, IAsyncEnumerable<SessionEntry> Entries, Preconditions Preconditions)
    : IRequest<SessionStep>;

public sealed class MergeSessionHandler(
    IAttachmentsDb db, BlobWriter writer, IOptions<LimitsOptions> limits, SessionSaving saving, TimeProvider time)
    : IRequestHandler<MergeSession, SessionStep>
{
    public async Task<SessionStep> Handle(MergeSession request, CancellationToken cancellationToken)
    {
        await db.Sessions.Require(request.ProjectId, request.Uuid, cancellationToken);
        request.Preconditions.RequireForWrite(CurrentRepresentation.Untagged);
        await using var reception = writer.Open();
        var draft = await SessionDraft.Receive(request.Entries, reception, limits.Value, cancellationToken);
        if (draft.Fields.Uuid is { } uuid && !string.Equals(uuid, request.Uuid, StringComparison.Ordinal))
        {
            throw new InvalidRequestException("uuid_mismatch", "The uuid in the body does not match the session in the URL.");
        }

        return await db.Change(token => Merge(request, draft, reception, token), CancellationToken.None);
    }

    private async Task<SessionStep> Merge(MergeSession request, SessionDraft draft, Reception reception, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = await db.LoadToReplace(request.ProjectId, request.Uuid, draft.PointNames, cancellationToken);
        session.Update(draft.Fields.UnitId, draft.Fields.Created, draft.Fields.Saved ?? now.ToUnixTimeSeconds());
        await draft.Apply(session, reception, cancellationToken);
        return await saving.SaveAndRead(session, cancellationToken);
    }
}
