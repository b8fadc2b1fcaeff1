using Attachments.Application.Access;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Domain.TemporarySets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Attachments.Application.TemporarySets;

/// <summary>
/// The sets that the caller can see: their own, or all of them for administrators and, by its address, for a link. To others, and after its expiry, a set does not exist.
/// </summary>
public sealed class TemporarySetAccess(IAttachmentsDb db, Caller caller, IOptions<TemporarySetsOptions> options, TimeProvider time)
{
    private static readonly Func<DbContext, Guid, DateTimeOffset, bool, Guid, byte[]?, CancellationToken, Task<FoundFile?>> FindItemFile =
        EF.CompileAsyncQuery((
            DbContext db, Guid itemId, DateTimeOffset expired, bool isAdmin, Guid userId, byte[]? unless, CancellationToken _) =>
            db.Set<TemporaryItem>()
                .AsNoTracking()
                .Where(item => item.Id == itemId && item.Set.EndedAt == null && item.Set.LastUploadAt > expired
                    && (isAdmin || item.Set.OwnerId == userId))
                .Select(item => new FoundFile
                {
                    FileName = FileName.FromStored(item.FileName),
                    Blob = item.Blob,
                    Content = SmallContent.Read(item.Blob, unless),
                })
                .SingleOrDefault());

    /// <summary>The files of all sets that there are for the caller.</summary>
    public IQueryable<TemporaryItem> Items
    {
        get
        {
            var expired = Expired;
            return db.TemporaryItems.Where(item => item.Set.EndedAt == null && item.Set.LastUploadAt > expired
                && (caller.MayUseAll || item.Set.OwnerId == caller.UserId));
        }
    }

    /// <summary>The file of an item of <see cref="Items"/>, as a download wants it; null where there is none.</summary>
    public Task<FoundFile?> FindFile(Guid itemId, byte[]? unless, CancellationToken cancellationToken) =>
        FindItemFile(db.Context, itemId, Expired, caller.MayUseAll, caller.UserId, unless, cancellationToken);

    /// <summary>The set of an id; null where nobody uses the id.</summary>
    /// <param name="sets">Untracked, or else inside of a change: what is decided on there must be read there.</param>
    /// <param name="temporaryId">The id.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <exception cref="NotFoundException"><c>temporary_set_not_found</c>: somebody else uses it.</exception>
    public async Task<TemporarySet?> Find(IQueryable<TemporarySet> sets, Guid temporaryId, CancellationToken cancellationToken)
    {
        var expired = Expired;
        var set = await sets.SingleOrDefaultAsync(
            set => set.TemporaryId == temporaryId && set.EndedAt == null && set.LastUploadAt > expired, cancellationToken);
        return set is null || caller.MayUseAll || set.OwnerId == caller.UserId ? set : throw NotFound(temporaryId);
    }

    /// <summary>As <see cref="Find"/>, of an id that must be used.</summary>
    /// <exception cref="NotFoundException"><c>temporary_set_not_found</c></exception>
    public async Task<TemporarySet> Require(IQueryable<TemporarySet> sets, Guid temporaryId, CancellationToken cancellationToken) =>
        await Find(sets, temporaryId, cancellationToken) ?? throw NotFound(temporaryId);

    /// <summary>Whether the time of a loaded set is over.</summary>
    public bool HasExpired(TemporarySet set) => set.LastUploadAt <= Expired;

    /// <summary>
    /// Creates a set for the caller in the open change, and ends an expired set with the same id. A unique index decides between concurrent
    /// requests.
    /// </summary>
    public async Task<TemporarySet> Create(Guid temporaryId, CancellationToken cancellationToken)
    {
        var (now, expired) = (time.GetUtcNow(), Expired);
        var old = await db.TemporarySets.SingleOrDefaultAsync(
            set => set.TemporaryId == temporaryId && set.EndedAt == null && set.LastUploadAt <= expired, cancellationToken);
        if (old is not null)
        {
            // Before the new one is inserted, whose id is unique among the sets that have not ended.
            old.Expire(now);
            await db.SaveChangesAsync(cancellationToken);
        }

        var set = TemporarySet.Create(temporaryId, caller.UserId, now);
        db.TemporarySets.Add(set);
        return set;
    }

    /// <summary>
    /// Finds or creates a set in the open change, and counts it as one that files are added to, so that it does not expire before the upload
    /// that is for it. Its revision stays, since many uploads run at once.
    /// </summary>
    /// <returns>Its internal key.</returns>
    internal async Task<Guid> Reserve(Guid temporaryId, CancellationToken cancellationToken)
    {
        if (await Find(db.TemporarySets.AsNoTracking(), temporaryId, cancellationToken) is { } found)
        {
            await Touch(found.Id, cancellationToken);
            return found.Id;
        }

        return (await Create(temporaryId, cancellationToken)).Id;
    }

    /// <summary>Counts a set as one that files are added to, if it has not ended.</summary>
    internal Task Touch(Guid setId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return db.TemporarySets
            .Where(set => set.Id == setId && set.EndedAt == null && set.LastUploadAt < now)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUploadAt, now), cancellationToken);
    }

    public static NotFoundException ItemNotFound(Guid itemId) =>
        new("attachment_not_found", $"The caller has no attachment '{itemId}' in a temporary set.");

    private DateTimeOffset Expired => time.GetUtcNow() - options.Value.TimeToLive;

    internal static NotFoundException NotFound(Guid temporaryId) =>
        new("temporary_set_not_found", $"The caller has no temporary set '{temporaryId}'.");
}
