using Attachments.Application.Changes;
using Attachments.Application.TemporarySets;
using Attachments.Domain.Changes;
using Attachments.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Attachments.Infrastructure.Sweeping;

/// <summary>
/// Ends expired sets and removes ended ones: releases their blobs, then deletes their items and the sets. It works in small batches, each a
/// transaction, which several replicas share; the next pass finishes one that is interrupted.
/// </summary>
public sealed class TemporarySetSweeper(
    IServiceScopeFactory scopes, IOptions<TemporarySetsOptions> options, IOptions<ChangesOptions> changes, TimeProvider time)
{
    private const int MaxBatchSets = 100;
    private const int MaxBatchItems = 1000;

    /// <summary>Makes one pass over everything that is due.</summary>
    /// <returns>The number of sets removed.</returns>
    public async Task<int> Sweep(CancellationToken cancellationToken)
    {
        while (await EndExpired(cancellationToken) == MaxBatchSets)
        {
        }

        var gone = 0;
        while (await RemoveBatch(cancellationToken) is { } finished)
        {
            gone += finished ? 1 : 0;
        }

        return gone;
    }

    /// <summary>
    /// The sets stay ended, even if the clock or the setting changes. The new revision makes concurrent changes of a set fail.
    /// </summary>
    private async Task<int> EndExpired(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>();
        var now = time.GetUtcNow();
        var expired = now - options.Value.TimeToLive;
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.LiftStatementTimeout(cancellationToken);
        var ended = await context.Database
            .SqlQuery<int>(
                $"""
                WITH ended AS (
                    UPDATE temporary_sets SET ended_at = {now}, revision = revision + 1
                    WHERE id IN (
                        SELECT id FROM temporary_sets WHERE ended_at IS NULL AND last_upload_at <= {expired}
                        ORDER BY last_upload_at LIMIT {MaxBatchSets} FOR UPDATE SKIP LOCKED)
                    RETURNING temporary_id, owner_id, revision),
                written AS (
                    INSERT INTO changes (id, type, revision, occurred_at, is_replacement, temporary_id, owners)
                    SELECT gen_random_uuid(), {ChangeTypes.SetExpired}, revision, {now}, FALSE, temporary_id, ARRAY[owner_id]
                    FROM ended WHERE {changes.Value.Enabled})
                SELECT count(*)::int AS "Value" FROM ended
                """)
            .ToListAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ended.Single();
    }

    /// <summary>
    /// Removes one batch of one set. Returns true if the set is removed, false if it may have more files, null if nothing is due.
    /// </summary>
    private async Task<bool?> RemoveBatch(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.LiftStatementTimeout(cancellationToken);
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
