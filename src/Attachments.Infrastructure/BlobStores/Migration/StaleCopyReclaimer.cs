using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.Ownership;
using Attachments.Infrastructure.BlobStores.S3;
using Attachments.Infrastructure.Persistence;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.Migration;

/// <summary>
/// Deletes stale copies: the old copy of a blob that was moved, which readers may still use for a while, and the partial copy of an
/// interrupted move.
/// </summary>
internal sealed class StaleCopyReclaimer(
    NpgsqlDataSource dataSource, S3Bucket bucket, StoreOwnership ownership, TimeProvider time, ILogger<StaleCopyReclaimer> logger)
{
    private const int MaxBatchBlobs = 50;

    private const long MaxBatchBytes = 1L << 30;

    private const string Find =
        """
        SELECT id, length, released_at IS NOT NULL FROM blobs
        WHERE in_s3 AND large_object IS NOT NULL AND store <> $1 AND touched_at <= $2 AND NOT id = ANY ($3)
        ORDER BY touched_at LIMIT $4
        """;

    // Skips rows that have changed since they were found, and rows that another transaction has locked.
    private const string LockUnchanged =
        """
        WITH old AS (
            SELECT id, large_object FROM blobs
            WHERE id = ANY ($1) AND in_s3 AND large_object IS NOT NULL AND store <> $2 AND touched_at <= $3
            FOR UPDATE SKIP LOCKED)
        """;

    private const string ForgetLargeObjects = LockUnchanged +
        """

        UPDATE blobs SET large_object = NULL FROM old WHERE blobs.id = old.id
        RETURNING blobs.id, (SELECT lo_unlink(oid) FROM pg_largeobject_metadata WHERE oid = old.large_object)
        """;

    private const string ForgetObjects = LockUnchanged +
        """

        UPDATE blobs SET in_s3 = FALSE, upload_id = NULL FROM old WHERE blobs.id = old.id
        RETURNING blobs.id
        """;

    private const string TouchAll = "UPDATE blobs SET touched_at = $2 WHERE id = ANY ($1)";

    /// <summary>
    /// The key of the advisory lock of a store. A mover to the store holds it exclusively; those who delete stale copies from the store
    /// share it, since they could not tell a stale copy from one being made.
    /// </summary>
    public static long GetLockKey(StorageProvider to) => 0x4174_7461_6368_0010 + (long)to;

    /// <summary>Deletes those in a store.</summary>
    /// <param name="store">The one.</param>
    /// <param name="before">Those are spared whose blobs were moved, or read for long, since.</param>
    /// <param name="cancellationToken">Leaves some of them.</param>
    /// <returns>How many the store refused to delete.</returns>
    public async Task<int> Reclaim(StorageProvider store, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var (skipped, passedOver) = (new List<Guid>(), 0);
        while (await ReclaimBatch(store, before, skipped, MaxBatchBlobs, cancellationToken) is { } refused)
        {
            passedOver += refused;
        }

        return passedOver;
    }

    /// <returns>The number of refused deletions; null: nothing is left. Copies that stay are added to <paramref name="skipped"/>.</returns>
    private async Task<int?> ReclaimBatch(
        StorageProvider store, DateTimeOffset before, List<Guid> skipped, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return store == StorageProvider.S3
            ? await DeleteObjects(connection, before, skipped, cancellationToken)
            : await Unlink(connection, before, skipped, limit, cancellationToken);
    }

    /// <summary>Rows are not locked while objects are deleted: only a mover could need them, and movers are locked out.</summary>
    private async Task<int?> DeleteObjects(
        NpgsqlConnection connection, DateTimeOffset before, List<Guid> skipped, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await StatementTimeout.Lift(connection, cancellationToken);
        if (!await TryShareLock(StorageProvider.S3, connection, cancellationToken))
        {
            return null;
        }

        var found = await FindCopies(StorageProvider.S3, before, skipped, MaxBatchBlobs, connection, cancellationToken);
        if (found.Count == 0)
        {
            return null;
        }

        await ownership.Require(connection, cancellationToken);
        var ids = found.ConvertAll(copy => copy.Id);
        var refused = await TryDeleteObjects(ids, cancellationToken);
        var forgotten = await ClearReferences(
            ForgetObjects, [.. ids.Except(refused)], StorageProvider.S3, before, connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await Touch(refused, cancellationToken);
        skipped.AddRange(ids.Except(forgotten));
        return refused.Count;
    }

    /// <returns>Those that the bucket refused to delete.</returns>
    private async Task<IReadOnlyCollection<Guid>> TryDeleteObjects(List<Guid> ids, CancellationToken cancellationToken)
    {
        try
        {
            await bucket.Delete(ids, withUploads: true, cancellationToken);
            return [];
        }
        catch (BlobRefusedException refusal)
        {
            logger.LogError(
                refusal, "The bucket refused to delete the stale copies of these blobs: {Blobs}.", string.Join(", ", refusal.BlobIds));
            return refusal.BlobIds;
        }
    }

    /// <summary>Touches the blobs whose copies could not be deleted, so that they are tried again after the same delay.</summary>
    private async Task Touch(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        // Uses another connection: a disk error closes the one on which it occurs.
        await using var command = dataSource.CreateCommand(TouchAll);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The bucket is asked before the transaction begins, which then takes no longer than the large objects do.</summary>
    private async Task<int?> Unlink(
        NpgsqlConnection connection, DateTimeOffset before, List<Guid> skipped, int limit, CancellationToken cancellationToken)
    {
        var found = await FindCopies(StorageProvider.LargeObject, before, skipped, limit, connection, cancellationToken);
        if (found.Count == 0)
        {
            return null;
        }

        try
        {
            return await Unlink(found, connection, before, skipped, cancellationToken);
        }
        catch (PostgresException exception) when (PostgresFailures.IsBlobSpecific(exception))
        {
            if (found.Count > 1)
            {
                return await UnlinkOneByOne(found.Count, before, skipped, cancellationToken);
            }

            logger.LogError(exception, "The stale large object of blob {Blob} cannot be deleted.", found[0].Id);
            skipped.Add(found[0].Id);
            await Touch([found[0].Id], cancellationToken);
            return 1;
        }
    }

    private async Task<int?> UnlinkOneByOne(int count, DateTimeOffset before, List<Guid> skipped, CancellationToken cancellationToken)
    {
        var refused = 0;
        for (var i = 0; i < count; i++)
        {
            refused += await ReclaimBatch(StorageProvider.LargeObject, before, skipped, 1, cancellationToken) ?? 0;
        }

        return refused;
    }

    private async Task<int?> Unlink(
        List<Copy> found, NpgsqlConnection connection, DateTimeOffset before, List<Guid> skipped, CancellationToken cancellationToken)
    {
        // A large object may be the only copy that nobody else can delete.
        await ownership.Require(connection, cancellationToken);
        var ids = await ExcludeLost(found, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await StatementTimeout.Lift(connection, cancellationToken);
        if (!await TryShareLock(StorageProvider.LargeObject, connection, cancellationToken))
        {
            return null;
        }

        var forgotten = await ClearReferences(ForgetLargeObjects, ids, StorageProvider.LargeObject, before, connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        skipped.AddRange(found.Select(copy => copy.Id).Except(forgotten));
        return 0;
    }

    private static async Task<bool> TryShareLock(
        StorageProvider store, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock_shared($1)", connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = GetLockKey(store) } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<List<Copy>> FindCopies(
        StorageProvider store,
        DateTimeOffset before,
        List<Guid> skipped,
        int limit,
        NpgsqlConnection connection,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Find, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<short> { TypedValue = (short)store },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = before },
                new NpgsqlParameter<Guid[]> { TypedValue = [.. skipped] },
                new NpgsqlParameter<int> { TypedValue = limit },
            },
        };
        var found = new List<Copy>();
        var bytes = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (bytes <= MaxBatchBytes && await reader.ReadAsync(cancellationToken))
        {
            var copy = new Copy(reader.GetGuid(0), reader.GetInt64(1), reader.GetBoolean(2));
            found.Add(copy);
            bytes += copy.Length;
        }

        return found;
    }

    /// <summary>
    /// The last check before the other copy is deleted: returns the blobs whose object exists with the right length. Released blobs need
    /// neither copy.
    /// </summary>
    private async Task<List<Guid>> ExcludeLost(List<Copy> copies, CancellationToken cancellationToken)
    {
        var needed = copies.FindAll(copy => !copy.IsReleased);
        var lengths = await bucket.GetLengths(needed.ConvertAll(copy => copy.Id), cancellationToken);
        var lost = needed.FindAll(copy => lengths[copy.Id] != copy.Length);
        foreach (var copy in lost)
        {
            logger.LogError("Blob {Blob} is missing from the bucket, although its row says otherwise; its large object is kept.", copy.Id);
        }

        return copies.Except(lost).Select(copy => copy.Id).ToList();
    }

    /// <returns>The blobs whose rows no longer refer to a copy there.</returns>
    private static async Task<List<Guid>> ClearReferences(
        string statement,
        List<Guid> ids,
        StorageProvider store,
        DateTimeOffset before,
        NpgsqlConnection connection,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection)
        {
            // An object of gigabytes is a million pages to delete: as long as it takes.
            CommandTimeout = 0,
            Parameters =
            {
                new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] },
                new NpgsqlParameter<short> { TypedValue = (short)store },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = before },
            },
        };
        var forgotten = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            forgotten.Add(reader.GetGuid(0));
        }

        return forgotten;
    }

    private sealed record Copy(Guid Id, long Length, bool IsReleased);
}
