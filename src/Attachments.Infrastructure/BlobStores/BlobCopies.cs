using Attachments.Application.Common;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores;

/// <summary>
/// Copies of bytes that are read from the other store: a blob that has been moved leaves its old one for those who are reading it, and a
/// move that was cut short leaves a part of the new one.
/// </summary>
internal sealed class BlobCopies(NpgsqlDataSource dataSource, S3Bucket bucket, ILogger<BlobCopies> logger)
{
    private const int MaxBatchBlobs = 50;

    private const long MaxBatchBytes = 1L << 30;

    private const string Find =
        """
        SELECT id, length FROM blobs
        WHERE in_s3 AND large_object IS NOT NULL AND store <> $1 AND touched_at <= $2 AND NOT id = ANY ($3)
        ORDER BY touched_at LIMIT $4 FOR UPDATE SKIP LOCKED
        """;

    private const string ForgetLargeObjects =
        """
        WITH old AS (SELECT id, large_object FROM blobs WHERE id = ANY ($1))
        UPDATE blobs SET large_object = NULL FROM old WHERE blobs.id = old.id
        RETURNING (SELECT lo_unlink(oid) FROM pg_largeobject_metadata WHERE oid = old.large_object)
        """;

    private const string ForgetObjects = "UPDATE blobs SET in_s3 = FALSE, upload_id = NULL WHERE id = ANY ($1)";

    /// <summary>
    /// The advisory lock that one who moves blobs to a store holds, and that is shared by those who delete from it the copies that are not
    /// read: they could not tell one that is being made.
    /// </summary>
    public static long LockOf(StorageProvider to) => 0x4174_7461_6368_0010 + (long)to;

    /// <summary>Deletes those in a store.</summary>
    /// <param name="store">The one.</param>
    /// <param name="before">Those are spared whose blobs were moved, or read for long, since.</param>
    /// <param name="cancellationToken">Leaves some of them.</param>
    public async Task Reclaim(StorageProvider store, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var skipped = new List<Guid>();
        while (await ReclaimBatch(store, before, skipped, cancellationToken))
        {
        }
    }

    private async Task<bool> ReclaimBatch(
        StorageProvider store, DateTimeOffset before, List<Guid> skipped, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await NobodyMovesTo(store, transaction, cancellationToken))
        {
            return false;
        }

        var found = await FindCopies(store, before, skipped, transaction, cancellationToken);
        if (found.Count == 0)
        {
            return false;
        }

        var ids = found.ConvertAll(copy => copy.Id);
        if (store == StorageProvider.S3)
        {
            await bucket.Delete(ids, withUploads: true, cancellationToken);
            await Execute(ForgetObjects, ids, transaction, cancellationToken);
        }
        else
        {
            var lost = await Missing(found, cancellationToken);
            skipped.AddRange(lost);
            ids.RemoveAll(lost.Contains);
            await Execute(ForgetLargeObjects, ids, transaction, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> NobodyMovesTo(
        StorageProvider store, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock_shared($1)", transaction.Connection, transaction)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = LockOf(store) } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<List<(Guid Id, long Length)>> FindCopies(
        StorageProvider store,
        DateTimeOffset before,
        List<Guid> skipped,
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Find, transaction.Connection, transaction)
        {
            Parameters =
            {
                new NpgsqlParameter<short> { TypedValue = (short)store },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = before },
                new NpgsqlParameter<Guid[]> { TypedValue = [.. skipped] },
                new NpgsqlParameter<int> { TypedValue = MaxBatchBlobs },
            },
        };
        var found = new List<(Guid, long)>();
        var bytes = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (bytes <= MaxBatchBytes && await reader.ReadAsync(cancellationToken))
        {
            found.Add((reader.GetGuid(0), reader.GetInt64(1)));
            bytes += reader.GetInt64(1);
        }

        return found;
    }

    /// <summary>The last look before the only other copy goes: those whose object is not there after all, or not whole.</summary>
    private async Task<List<Guid>> Missing(List<(Guid Id, long Length)> copies, CancellationToken cancellationToken)
    {
        var missing = new List<Guid>();
        foreach (var (id, length) in copies)
        {
            if (await bucket.LengthOf(id, cancellationToken) != length)
            {
                logger.LogError("Blob {Blob} is not in the bucket as its row says; its large object is kept.", id);
                missing.Add(id);
            }
        }

        return missing;
    }

    private static async Task Execute(string statement, List<Guid> ids, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, transaction.Connection, transaction)
        {
            // An object of gigabytes is a million pages to delete: as long as it takes.
            CommandTimeout = 0,
            Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
