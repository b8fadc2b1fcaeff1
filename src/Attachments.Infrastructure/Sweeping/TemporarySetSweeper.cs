using Attachments.Application.TemporarySets;
using Attachments.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Attachments.Infrastructure.Sweeping;

/// <summary>
/// Ends the sets whose time is over, and takes sets that have ended apart: their blobs are released, their items and then they
/// themselves deleted. In small batches, each a transaction, which several replicas share; one that is cut short leaves what the next
/// one finishes.
/// </summary>
public sealed class TemporarySetSweeper(IServiceScopeFactory scopes, IOptions<TemporarySetsOptions> options, TimeProvider time)
{
    private const int MaxBatchSets = 100;
    private const int MaxBatchItems = 1000;

    /// <summary>One pass over all that is due.</summary>
    /// <returns>How many sets are gone.</returns>
    public async Task<int> Sweep(CancellationToken cancellationToken)
    {
        while (await EndExpired(cancellationToken) == MaxBatchSets)
        {
        }

        var gone = 0;
        while (await TakeApart(cancellationToken) is { } finished)
        {
            gone += finished ? 1 : 0;
        }

        return gone;
    }

    /// <summary>
    /// From here on they stay ended, whatever the clock or the setting says later. The revision tells those who are changing one that
    /// they are too late.
    /// </summary>
    private async Task<int> EndExpired(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>();
        var now = time.GetUtcNow();
        var expired = now - options.Value.TimeToLive;
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.TakeTime(cancellationToken);
        var ended = await context.Database.ExecuteSqlAsync(
            $"""
            UPDATE temporary_sets SET ended_at = {now}, revision = revision + 1
            WHERE id IN (
                SELECT id FROM temporary_sets WHERE ended_at IS NULL AND last_upload_at <= {expired}
                ORDER BY last_upload_at LIMIT {MaxBatchSets} FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ended;
    }

    /// <summary>Does one batch of one set. True: the set is gone with it; false: there may be more of it; null: nothing is due.</summary>
    private async Task<bool?> TakeApart(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.TakeTime(cancellationToken);
        var due = await context.Database
            .SqlQuery<Guid>(
                $"""
                SELECT id AS "Value" FROM temporary_sets WHERE ended_at IS NOT NULL
                ORDER BY ended_at LIMIT 1 FOR UPDATE SKIP LOCKED
                """)
            .ToListAsync(cancellationToken);
        if (due is not [var id])
        {
            return null;
        }

        var items = await ReleaseItems(context, id, cancellationToken);
        if (items < MaxBatchItems)
        {
            await context.TemporarySets.Where(set => set.Id == id).ExecuteDeleteAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return items < MaxBatchItems;
    }

    private Task<int> ReleaseItems(AttachmentsDbContext context, Guid setId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return context.Database.ExecuteSqlAsync(
            $"""
            WITH gone AS (
                DELETE FROM temporary_items WHERE id IN (
                    SELECT id FROM temporary_items WHERE set_id = {setId} ORDER BY ordinal LIMIT {MaxBatchItems})
                RETURNING blob_id)
            UPDATE blobs SET released_at = {now} FROM gone WHERE blobs.id = gone.blob_id
            """,
            cancellationToken);
    }
}
