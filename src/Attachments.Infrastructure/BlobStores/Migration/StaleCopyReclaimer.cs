using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.External;
using Attachments.Infrastructure.Persistence;
using Attachments.Infrastructure.Persistence.Configurations;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.Migration;

/// <summary>
/// Deletes stale copies: the old copy of a blob that was moved, which readers may still use for a while, and the partial copy of an
/// interrupted move.
/// </summary>
internal sealed class StaleCopyReclaimer(
    NpgsqlDataSource dataSource, ExternalStores stores, TimeProvider time, ILogger<StaleCopyReclaimer> logger)
{
    private const int MaxBatchBlobs = 50;

    private const long MaxBatchBytes = 1L << 30;

    private const string InLargeObject = "large_object IS NOT NULL";

    private static readonly string ForgetLargeObjects =
        $"""
        {LockUnchanged(InLargeObject)}
        UPDATE blobs SET large_object = NULL FROM old WHERE blobs.id = old.id
        RETURNING blobs.id, (SELECT lo_unlink(oid) FROM pg_largeobject_metadata WHERE oid = old.large_object)
        """;

    private const string TouchAll = "UPDATE blobs SET touched_at = $2 WHERE id = ANY ($1)";

    /// <summary>
    /// The key of the advisory lock of a store. A mover to the store holds it exclusively; those who delete stale copies from the store
    /// share it, since they could not tell a stale copy from one being made.
    /// </summary>
    public static long GetLockKey(StorageProvider to) => 0x4174_7461_6368_0010 + (long)to;

    /// <summary>Deletes those in a store.</summary>
    /// <param name="store">The one; null: the database.</param>
    /// <param name="before">Those are spared whose blobs were moved, or read for long, since.</param>
    /// <param name="cancellationToken">Leaves some of them.</param>
    /// <returns>How many the store refused to delete.</returns>
    public async Task<int> Reclaim(IExternalStore? store, DateTimeOffset before, CancellationToken cancellationToken)
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
        IExternalStore? store, DateTimeOffset before, List<Guid> skipped, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return store is not null
            ? await DeleteExternal(store, connection, before, skipped, cancellationToken)
            : await Unlink(connection, before, skipped, limit, cancellationToken);
    }

    /// <summary>Rows are not locked while objects are deleted: only a mover could need them, and movers are locked out.</summary>
    private async Task<int?> DeleteExternal(
        IExternalStore store, NpgsqlConnection connection, DateTimeOffset before, List<Guid> skipped, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await StatementTimeout.Lift(connection, cancellationToken);
        if (!await TryShareLock(store.Provider, connection, cancellationToken))
        {
            return null;
        }

        var found = await FindCopies(store.Provider, store.Column, before, skipped, MaxBatchBlobs, connection, cancellationToken);
        if (found.Count == 0)
        {
            return null;
        }

        await store.Ownership.Require(connection, cancellationToken);
        var ids = await ExcludeLost(found, cancellationToken);
        var refused = await TryDelete(store, ids, cancellationToken);
        var forgotten = await ClearReferences(
            ForgetExternal(store), [.. ids.Except(refused)], store.Provider, before, connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await Touch(refused, cancellationToken);
        skipped.AddRange(found.Select(copy => copy.Id).Except(forgotten));
        return refused.Count;
    }

    /// <returns>Those that the store refused to delete.</returns>
    private async Task<IReadOnlyCollection<Guid>> TryDelete(IExternalStore store, List<Guid> ids, CancellationToken cancellationToken)
    {
        try
        {
            await store.Delete(ids, cancellationToken);
            return [];
        }
        catch (BlobRefusedException refusal)
        {
            logger.LogError(
                refusal,
                "The {Store} refused to delete the stale copies of these blobs: {Blobs}.",
                store.Ownership.Store,
                string.Join(", ", refusal.BlobIds));
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

    /// <summary>The other stores are asked before the transaction begins, which then takes no longer than the large objects do.</summary>
    private async Task<int?> Unlink(
        NpgsqlConnection connection, DateTimeOffset before, List<Guid> skipped, int limit, CancellationToken cancellationToken)
    {
        var found = await FindCopies(StorageProvider.LargeObject, InLargeObject, before, skipped, limit, connection, cancellationToken);
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
            refused += await ReclaimBatch(null, before, skipped, 1, cancellationToken) ?? 0;
        }

        return refused;
    }

    private async Task<int?> Unlink(
        List<Copy> found, NpgsqlConnection connection, DateTimeOffset before, List<Guid> skipped, CancellationToken cancellationToken)
    {
        // A large object may be the only copy that nobody else can delete.
        foreach (var store in stores.Configured.Where(store => found.Exists(copy => copy.Current == store.Provider)))
        {
            await store.Ownership.Require(connection, cancellationToken);
        }

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
        string isThere,
        DateTimeOffset before,
        List<Guid> skipped,
        int limit,
        NpgsqlConnection connection,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Find(isThere), connection)
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
            var copy = new Copy(reader.GetGuid(0), reader.GetInt64(1), (StorageProvider)reader.GetInt16(2), reader.GetBoolean(3));
            found.Add(copy);
            bytes += copy.Length;
        }

        return found;
    }

    /// <summary>
    /// The last check before the other copy is deleted: returns the blobs whose current copy exists with the right length. One in the
    /// database does. Released blobs need no copy.
    /// </summary>
    private async Task<List<Guid>> ExcludeLost(List<Copy> copies, CancellationToken cancellationToken)
    {
        var known = copies.FindAll(copy => copy.IsReleased || copy.Current == StorageProvider.LargeObject);
        foreach (var store in stores.Configured)
        {
            var needed = copies.FindAll(copy => !copy.IsReleased && copy.Current == store.Provider);
            var lengths = await store.GetLengths(needed.ConvertAll(copy => copy.Id), cancellationToken);
            known.AddRange(needed.FindAll(copy => lengths[copy.Id] == copy.Length));
        }

        foreach (var lost in copies.Except(known))
        {
            logger.LogError(
                "Blob {Blob} is missing from {Store}, although its row says otherwise; its other copy is kept.", lost.Id, lost.Current);
        }

        return known.ConvertAll(copy => copy.Id);
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

    private static string Find(string isThere) =>
        $"""
        SELECT id, length, store, released_at IS NOT NULL FROM blobs
        WHERE {isThere} AND {BlobConfiguration.Copies} > 1 AND store <> $1 AND touched_at <= $2 AND NOT id = ANY ($3)
        ORDER BY touched_at LIMIT $4
        """;

    private static string ForgetExternal(IExternalStore store) =>
        $"""
        {LockUnchanged(store.Column)}
        UPDATE blobs SET {store.Forget} FROM old WHERE blobs.id = old.id
        RETURNING blobs.id
        """;

    /// <summary>Skips rows that have changed since they were found, and rows that another transaction has locked.</summary>
    private static string LockUnchanged(string isThere) =>
        $"""
        WITH old AS (
            SELECT id, large_object FROM blobs
            WHERE id = ANY ($1) AND {isThere} AND store <> $2 AND touched_at <= $3
            FOR UPDATE SKIP LOCKED)
        """;

    private sealed record Copy(Guid Id, long Length, StorageProvider Current, bool IsReleased);
}
