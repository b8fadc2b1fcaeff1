using Attachments.Application.Changes;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Domain.Uploads;
using Attachments.Infrastructure.BlobStores.External;
using Attachments.Infrastructure.BlobStores.Migration;
using Attachments.Infrastructure.Persistence;
using Attachments.Infrastructure.Persistence.Configurations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Attachments.Infrastructure.Sweeping;

/// <summary>
/// Deletes bytes; nothing else does. It deletes blobs released longer ago than <see cref="StorageOptions.ReclaimAfter"/>, uploads without
/// progress for <see cref="StorageOptions.AbandonAfter"/>, and the copies left over from moving blobs to another store. Before that, it
/// releases the blobs of ended temporary sets and old uploads, and removes links and uploads that ended long ago, and changes and deliveries
/// that are not kept any longer. It works in small batches, each a transaction, which several replicas share; the next sweep
/// finishes one that is interrupted. It sweeps one store after the other, so that an unavailable store does not stop deletion from the
/// other.
/// </summary>
public sealed class Sweeper(
    IServiceScopeFactory scopes,
    TemporarySetSweeper sets,
    ExternalStores stores,
    IOptions<StorageOptions> options,
    IOptions<UploadsOptions> uploads,
    IOptions<ChangesOptions> changes,
    ContentMetrics metrics,
    TimeProvider time,
    ILogger<Sweeper> logger)
{
    // Deleting a large object takes a lock until the transaction ends, and locks are finite (max_locks_per_transaction).
    private const int MaxBatchBlobs = 50;

    private const long MaxBatchBytes = 1L << 30;

    private const int MaxBatchLinks = 1000;

    private const int MaxBatchChanges = 1000;

    private const int MaxBatchUploads = 1000;

    private const int MaxBatchDeliveries = 1000;

    // A blob in several stores is being moved or has been moved: see SweepCopies. The index has the same condition.
    private const string FindReleased =
        $$"""
        SELECT * FROM blobs
        WHERE released_at <= {0} AND touched_at <= {0} AND store = {1} AND NOT id = ANY ({2}) AND {{BlobConfiguration.Copies}} <= 1
        ORDER BY released_at LIMIT {3} FOR UPDATE SKIP LOCKED
        """;

    /// <summary>How long links are listed after their end.</summary>
    private static readonly TimeSpan LinksAreListedFor = TimeSpan.FromDays(30);

    private delegate IQueryable<Blob> Due(AttachmentsDbContext context, Guid[] skipped, int limit);

    /// <summary>
    /// Makes one pass over everything that is due. A failure of the temporary sets is thrown after the other blobs have been deleted.
    /// </summary>
    public async Task<SweepResult> Sweep(CancellationToken cancellationToken)
    {
        var ended = sets.Sweep(cancellationToken);
        try
        {
            await ended;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(exception, "Ended temporary sets could not be removed.");
        }

        await RemoveEndedLinks(cancellationToken);
        await RemoveOldChanges(cancellationToken);
        await RemoveOldDeliveries(cancellationToken);
        await EndOldUploads(cancellationToken);
        var (released, abandoned) = await Reclaim(cancellationToken);
        await RemoveEndedUploads(cancellationToken);
        return new SweepResult(released, abandoned, await ended);
    }

    /// <summary>
    /// Updates the metrics of the number of blobs of each kind. Pending and released blobs are counted through their indexes. The others
    /// come from the planner's estimate, since counting them would read the whole table.
    /// </summary>
    public async Task Count(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>();
        var pending = await context.Blobs.LongCountAsync(blob => blob.State == BlobState.Pending, cancellationToken);
        var released = await context.Blobs.LongCountAsync(blob => blob.ReleasedAt != null, cancellationToken);
        var all = await context.Database
            .SqlQuery<long>($"""SELECT reltuples::bigint AS "Value" FROM pg_class WHERE oid = 'blobs'::regclass""")
            .SingleAsync(cancellationToken);
        metrics.RecordOpenUploads(await context.Uploads.LongCountAsync(upload => upload.State == UploadState.Open, cancellationToken));
        metrics.RecordCount(BlobKind.Pending, pending);
        metrics.RecordCount(BlobKind.Released, released);
        metrics.RecordCount(BlobKind.Stored, Math.Max(0, all - pending - released));
    }

    /// <summary>
    /// Only the oldest in a row, so that what is kept has no gaps. The feed remembers the last of them: a cursor before it has expired.
    /// </summary>
    private Task RemoveOldChanges(CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - changes.Value.KeepFor;
        return Repeat(
            MaxBatchChanges,
            $"""
            WITH first AS (
                SELECT position, numbered_at FROM changes WHERE position IS NOT NULL ORDER BY position LIMIT {MaxBatchChanges}),
            edge AS (SELECT min(position) AS position FROM first WHERE numbered_at > {oldest}),
            old AS (
                SELECT max(first.position) AS position FROM first, edge WHERE edge.position IS NULL OR first.position < edge.position),
            noted AS (UPDATE feed SET expired_position = old.position FROM old WHERE old.position > expired_position)
            DELETE FROM changes USING old WHERE changes.position <= old.position
            """,
            cancellationToken);
    }

    /// <summary>
    /// Those that ended as long ago as changes are kept, and all of webhooks that were deleted. One that is pending keeps what it sends.
    /// </summary>
    private async Task RemoveOldDeliveries(CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - changes.Value.KeepFor;
        await Repeat(
            MaxBatchDeliveries,
            $"""
            DELETE FROM webhook_deliveries WHERE (webhook_id, change_id) IN (
                SELECT webhook_id, change_id FROM webhook_deliveries WHERE ended_at <= {oldest} ORDER BY ended_at
                LIMIT {MaxBatchDeliveries} FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken);
        await Repeat(
            MaxBatchDeliveries,
            $"""
            DELETE FROM webhook_deliveries WHERE (webhook_id, change_id) IN (
                SELECT webhook_id, change_id FROM webhook_deliveries
                WHERE webhook_id IN (SELECT id FROM webhooks WHERE deleted_at IS NOT NULL) LIMIT {MaxBatchDeliveries} FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken);
        await Repeat(
            MaxBatchDeliveries,
            $"""
            DELETE FROM webhooks WHERE deleted_at IS NOT NULL
                AND NOT EXISTS (SELECT FROM webhook_deliveries WHERE webhook_id = webhooks.id)
            """,
            cancellationToken);
    }

    private Task RemoveEndedLinks(CancellationToken cancellationToken)
    {
        var ended = time.GetUtcNow() - LinksAreListedFor;
        return Repeat(
            MaxBatchLinks,
            $"""
            DELETE FROM links WHERE id IN (
                SELECT id FROM links WHERE expires_at < {ended} ORDER BY expires_at LIMIT {MaxBatchLinks} FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken);
    }

    /// <summary>Releases the bytes of uploads that go on for too long, however often some of them arrive.</summary>
    private Task EndOldUploads(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var oldest = now - uploads.Value.MaxAge;
        return Repeat(
            MaxBatchUploads,
            $"""
            UPDATE blobs SET released_at = {now}
            WHERE id IN (
                SELECT blobs.id FROM uploads JOIN blobs ON blobs.id = blob_id
                WHERE uploads.state = 0 AND uploads.created_at <= {oldest} AND released_at IS NULL
                LIMIT {MaxBatchUploads} FOR UPDATE OF blobs SKIP LOCKED)
            """,
            cancellationToken);
    }

    /// <summary>
    /// Removes what is known of uploads that ended long enough ago for every client to have heard of it, and of those whose bytes were
    /// reclaimed.
    /// </summary>
    private async Task RemoveEndedUploads(CancellationToken cancellationToken)
    {
        var ended = time.GetUtcNow() - options.Value.AbandonAfter;
        await Repeat(
            MaxBatchUploads,
            $"""
            DELETE FROM uploads WHERE id IN (
                SELECT id FROM uploads WHERE state <> 0 AND ended_at <= {ended} ORDER BY ended_at LIMIT {MaxBatchUploads} FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken);
        await Repeat(
            MaxBatchUploads,
            $"""
            DELETE FROM uploads WHERE id IN (
                SELECT id FROM uploads WHERE state = 0 AND blob_id IS NULL LIMIT {MaxBatchUploads} FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken);
    }

    /// <summary>Executes a statement for one batch after another, until one is not full.</summary>
    private async Task Repeat(int batch, FormattableString statement, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>();
        int changed;
        do
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            await context.LiftStatementTimeout(cancellationToken);
            changed = await context.Database.ExecuteSqlAsync(statement, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        while (changed == batch);
    }

    private async Task<(Reclaimed Released, Reclaimed Abandoned)> Reclaim(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var reclaim = now - options.Value.ReclaimAfter;
        var abandon = now - options.Value.AbandonAfter;
        await ReleaseAbandoned(abandon, now, cancellationToken);
        var (released, abandoned) = await SweepStore(StorageProvider.LargeObject, reclaim, abandon, cancellationToken);
        if (stores.Configured.Count == 0)
        {
            return (released, abandoned);
        }

        UnavailableException? unavailable = null;
        foreach (var store in stores.Configured.Prepend(null))
        {
            await Try(async () => released += await SweepCopies(store, reclaim, cancellationToken));
        }

        // Of blobs that were in several stores, which are in one now.
        released += await SweepReleased((short)StorageProvider.LargeObject, reclaim, cancellationToken);
        foreach (var store in stores.Configured)
        {
            await Try(async () =>
            {
                var here = await SweepStore(store.Provider, reclaim, abandon, cancellationToken);
                (released, abandoned) = (released + here.Released, abandoned + here.Abandoned);
            });
        }

        return unavailable is null ? (released, abandoned) : throw unavailable;

        async Task Try(Func<Task> sweep)
        {
            try
            {
                await sweep();
            }
            catch (UnavailableException exception)
            {
                unavailable = exception;
            }
        }
    }

    /// <summary>
    /// Releases uploads without progress before any of their bytes is deleted. If a pass dies between deleting the bytes and the row, the
    /// uploader can then no longer complete the upload. Rows locked by another transaction are skipped, since they are in use and waiting
    /// for them while holding other locks could deadlock.
    /// </summary>
    private async Task ReleaseAbandoned(DateTimeOffset abandon, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.LiftStatementTimeout(cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"""
            UPDATE blobs SET released_at = {now}
            WHERE id IN (
                SELECT id FROM blobs WHERE state = 0 AND touched_at <= {abandon} AND released_at IS NULL FOR UPDATE SKIP LOCKED)
            """,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<(Reclaimed Released, Reclaimed Abandoned)> SweepStore(
        StorageProvider store, DateTimeOffset reclaim, DateTimeOffset abandon, CancellationToken cancellationToken)
    {
        var abandoned = await SweepAbandoned((short)store, abandon, cancellationToken);
        return (await SweepReleased((short)store, reclaim, cancellationToken), abandoned);
    }

    private Task<Reclaimed> SweepReleased(short store, DateTimeOffset reclaim, CancellationToken cancellationToken) => SweepAll(
        ReclaimReason.Released,
        (context, skipped, limit) => context.Blobs.FromSqlRaw(FindReleased, reclaim, store, skipped, limit),
        cancellationToken);

    private Task<Reclaimed> SweepAbandoned(short store, DateTimeOffset abandon, CancellationToken cancellationToken) => SweepAll(
        ReclaimReason.Abandoned,
        (context, skipped, limit) => context.Blobs.FromSql(
            $"""
            SELECT * FROM blobs
            WHERE state = 0 AND touched_at <= {abandon} AND released_at IS NOT NULL AND store = {store} AND NOT id = ANY ({skipped})
            ORDER BY touched_at LIMIT {limit} FOR UPDATE SKIP LOCKED
            """),
        cancellationToken);

    /// <summary>Deletes the stale copies in one store; null: in the database.</summary>
    /// <returns>The number of reclaimed blobs is always 0; some copies may be skipped.</returns>
    private async Task<Reclaimed> SweepCopies(IExternalStore? store, DateTimeOffset reclaim, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var copies = scope.ServiceProvider.GetRequiredService<StaleCopyReclaimer>();
        var passedOver = await copies.Reclaim(store, reclaim, cancellationToken);
        metrics.RecordPassedOver(passedOver);
        return new Reclaimed(0, 0, passedOver);
    }

    private async Task<Reclaimed> SweepAll(ReclaimReason reason, Due due, CancellationToken cancellationToken)
    {
        var total = new Reclaimed(0, 0);
        var skipped = new List<Guid>();
        while (await SweepBatch(due, MaxBatchBlobs, skipped, cancellationToken) is { } batch)
        {
            metrics.RecordReclaimed(reason, batch.Blobs, batch.Bytes);
            metrics.RecordPassedOver(batch.PassedOver);
            total += batch;
        }

        return total;
    }

    /// <summary>
    /// Deletes one batch and returns its totals; null if nothing more is due. Blobs that cannot be deleted are added to the skipped ones.
    /// </summary>
    private async Task<Reclaimed?> SweepBatch(Due due, int limit, List<Guid> skipped, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>();
        var store = scope.ServiceProvider.GetRequiredService<IBlobStore>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.LiftStatementTimeout(cancellationToken);
        var blobs = TakeBatch(await due(context, [.. skipped], limit).AsNoTracking().ToListAsync(cancellationToken));
        if (blobs.Count == 0)
        {
            return null;
        }

        try
        {
            var ids = blobs.ConvertAll(blob => blob.Id);
            await ReleasePreviews(context, [.. ids], cancellationToken);
            await store.Delete(ids, transaction.GetDbTransaction(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new Reclaimed(blobs.Count, blobs.Sum(blob => blob.Length));
        }
        catch (BlobRefusedException refusal)
        {
            // The others of the batch are deleted already, and their rows with the next.
            await transaction.DisposeAsync();
            return await PassOver(refusal.BlobIds, refusal, skipped, cancellationToken);
        }
        catch (PostgresException exception) when (PostgresFailures.IsBlobSpecific(exception))
        {
            // Rolls back, unless an error of the disk has ended the connection, which does so too.
            await transaction.DisposeAsync();
            return blobs.Count > 1
                ? await SweepOneByOne(due, blobs.Count, skipped, cancellationToken)
                : await PassOver([blobs[0].Id], exception, skipped, cancellationToken);
        }
    }

    /// <summary>What is known of the previews of these blobs goes with them; the bytes of the previews are reclaimed later, as any.</summary>
    private Task<int> ReleasePreviews(AttachmentsDbContext context, Guid[] sources, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return context.Database.ExecuteSqlAsync(
            $"""
            WITH gone AS (DELETE FROM previews WHERE source_blob_id = ANY ({sources}) RETURNING blob_id)
            UPDATE blobs SET released_at = {now} FROM gone WHERE blobs.id = gone.blob_id
            """,
            cancellationToken);
    }

    /// <summary>
    /// Leaves what cannot be deleted, of which there may be many for years, to a later pass: it is touched, and so spared for as long as
    /// bytes outlive their reference.
    /// </summary>
    private async Task<Reclaimed> PassOver(
        IReadOnlyCollection<Guid> blobIds, Exception reason, List<Guid> skipped, CancellationToken cancellationToken)
    {
        logger.LogError(reason, "These blobs cannot be reclaimed: {Blobs}.", string.Join(", ", blobIds));
        skipped.AddRange(blobIds);
        var now = time.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>().Database.ExecuteSqlAsync(
            $"UPDATE blobs SET touched_at = {now} WHERE id = ANY ({blobIds.ToArray()})", cancellationToken);
        return new Reclaimed(0, 0, blobIds.Count);
    }

    /// <summary>
    /// Deletes the blobs one by one, so that one that cannot be deleted does not block the others. Each is looked up again, since its lock
    /// is gone and another replica may have been faster.
    /// </summary>
    private async Task<Reclaimed> SweepOneByOne(Due due, int count, List<Guid> skipped, CancellationToken cancellationToken)
    {
        var total = new Reclaimed(0, 0);
        for (var i = 0; i < count && await SweepBatch(due, 1, skipped, cancellationToken) is { } one; i++)
        {
            total += one;
        }

        return total;
    }

    /// <summary>Takes the blobs of one batch, at least one.</summary>
    private static List<Blob> TakeBatch(List<Blob> blobs)
    {
        var bytes = 0L;
        return blobs.TakeWhile((blob, i) => (bytes += blob.Length) <= MaxBatchBytes || i == 0).ToList();
    }
}

/// <summary>The totals of one pass.</summary>
/// <param name="Released">Blobs that nothing referred to any longer.</param>
/// <param name="Abandoned">Uploads that never came to their end.</param>
/// <param name="TemporarySets">How many temporary sets that were dropped, or whose time was over, are gone.</param>
public sealed record SweepResult(Reclaimed Released, Reclaimed Abandoned, int TemporarySets)
{
    /// <summary>Blobs of which something could not be deleted, and is left to a later pass.</summary>
    public int PassedOver => Released.PassedOver + Abandoned.PassedOver;
}

/// <summary>The result of reclaiming some blobs.</summary>
/// <param name="Blobs">The number of deleted blobs.</param>
/// <param name="Bytes">Their total length in bytes.</param>
/// <param name="PassedOver">The number of blobs that could not be deleted.</param>
public sealed record Reclaimed(int Blobs, long Bytes, int PassedOver = 0)
{
    public static Reclaimed operator +(Reclaimed one, Reclaimed other) =>
        new(one.Blobs + other.Blobs, one.Bytes + other.Bytes, one.PassedOver + other.PassedOver);
}
