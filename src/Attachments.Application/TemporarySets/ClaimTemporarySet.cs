using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Application.TemporarySets.Claims;
using Attachments.Domain.Sessions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets;

/// <summary>Moves all files of a set to a new owner and ends the set. If that fails, nothing is changed.</summary>
/// <param name="TemporaryId">The set.</param>
/// <param name="Target">Reads the new owner from the request, once it is clear that there is a set.</param>
/// <param name="Preconditions">Of the set, which is there.</param>
public sealed record ClaimTemporarySet(
    Guid TemporaryId, ReadBody<ClaimTarget> Target, Preconditions Preconditions) : IRequest<Claimed>;

public sealed class ClaimTemporarySetHandler(
    IAttachmentsDb db,
    TemporarySetAccess access,
    IClaimDestination<SessionTarget> sessions,
    IClaimDestination<RecordTarget> records,
    IClaimDestination<OwnedTarget> owned,
    TimeProvider time)
    : IRequestHandler<ClaimTemporarySet, Claimed>
{
    /// <summary>As many as a session may have points. All of them are in memory while they move, but not their bytes.</summary>
    private const int MaxItems = Session.MaxPoints;

    public async Task<Claimed> Handle(ClaimTemporarySet request, CancellationToken cancellationToken)
    {
        await access.Require(db.TemporarySets.AsNoTracking(), request.TemporaryId, cancellationToken);
        request.Preconditions.RequireForWrite(CurrentRepresentation.Untagged);
        return await request.Target(cancellationToken) switch
        {
            SessionTarget session => await Claim(request.TemporaryId, session, sessions),
            RecordTarget record => await Claim(request.TemporaryId, record, records),
            OwnedTarget attachments => await Claim(request.TemporaryId, attachments, owned),
            var other => throw new InvalidOperationException($"Nothing attaches files to a {other.GetType()}."),
        };
    }

    private Task<Claimed> Claim<TTarget>(Guid temporaryId, TTarget target, IClaimDestination<TTarget> destination)
        where TTarget : ClaimTarget
    {
        destination.RequireAccess(target);
        return db.Change(
            async token =>
            {
                var claimed = await Load(temporaryId, token);
                var result = await destination.Attach(target, claimed, token);

                // A foreign key removes the items. If another request has changed or ended the set meanwhile, there is nothing to remove.
                claimed.Set.Claim();
                db.TemporarySets.Remove(claimed.Set);
                return result;
            },
            CancellationToken.None);
    }

    private async Task<ClaimedSet> Load(Guid temporaryId, CancellationToken cancellationToken)
    {
        await db.LiftStatementTimeout(cancellationToken);

        // From here on other changes of the set wait, so that the set and the files loaded are of one state.
        await db.TemporarySets
            .Where(set => set.TemporaryId == temporaryId && set.EndedAt == null)
            .ExecuteUpdateAsync(changes => changes.SetProperty(set => set.Revision, set => set.Revision + 1), cancellationToken);
        var set = await access.Require(db.TemporarySets, temporaryId, cancellationToken);
        if (set.ItemCount > MaxItems)
        {
            throw new InvalidRequestException(
                "too_many_items", $"Up to {MaxItems} files can be claimed at once; the set has {set.ItemCount}.");
        }

        var items = await db.TemporaryItems
            .Where(item => item.SetId == set.Id)
            .OrderBy(item => item.Ordinal)
            .Select(item => new ClaimedItem(item.Id, item.Name, item.FileName, item.Blob))
            .ToListAsync(cancellationToken);
        return new ClaimedSet(set, items, time.GetUtcNow());
    }
}
