using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Application.Sessions;
using Attachments.Application.TemporarySets.Claims;
using Attachments.Domain.Sessions;
using AutoMapper;
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
    Caller caller,
    IConfigurationProvider mappings,
    SessionSaving sessions,
    TimeProvider time)
    : IRequestHandler<ClaimTemporarySet, Claimed>
{
    /// <summary>As many as a session may have points: they are all in memory, though not their bytes, while they move.</summary>
    private const int MaxItems = Session.MaxPoints;

    public async Task<Claimed> Handle(ClaimTemporarySet request, CancellationToken cancellationToken)
    {
        await access.Require(db.TemporarySets.AsNoTracking(), request.TemporaryId, cancellationToken);
        request.Preconditions.RequireForWrite(CurrentRepresentation.Untagged);
        var target = await request.Target(cancellationToken);
        target.RequireAccess(caller);
        return await db.Change(token => Claim(request.TemporaryId, target, token), CancellationToken.None);
    }

    private async Task<Claimed> Claim(Guid temporaryId, ClaimTarget target, CancellationToken cancellationToken)
    {
        await db.TakeTime(cancellationToken);

        // From here on others who change it wait: the set and the files that are found in it are of one state.
        await db.TemporarySets
            .Where(set => set.TemporaryId == temporaryId && set.EndedAt == null)
            .ExecuteUpdateAsync(changes => changes.SetProperty(set => set.Revision, set => set.Revision + 1), cancellationToken);
        var set = await access.Require(db.TemporarySets, temporaryId, cancellationToken);
        if (set.ItemCount > MaxItems)
        {
            throw new InvalidRequestException(
                "too_many_items", $"Up to {MaxItems} files can be claimed at once; the set has {set.ItemCount}.");
        }

        var claimed = await target.Take(new ClaimedSet(set, time.GetUtcNow(), db, mappings, sessions), cancellationToken);

        // With its items, by the foreign key; a set that another request has changed or ended meanwhile is not there to be removed.
        db.TemporarySets.Remove(set);
        return claimed;
    }
}
