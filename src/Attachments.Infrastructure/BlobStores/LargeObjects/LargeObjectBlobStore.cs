using System.Data;
using System.Data.Common;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.BlobStores.Directories;
using Attachments.Infrastructure.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Attachments.Infrastructure.BlobStores.LargeObjects;

/// <summary>
/// Keeps bytes in large objects of the database that holds the metadata, one for each blob, named by its row. Row and object are
/// made, written and deleted by the same statements, so neither is ever there without the other.
/// </summary>
internal sealed class LargeObjectBlobStore(NpgsqlDataSource dataSource, TimeProvider time) : IBlobStore, ITransactionalBlobStore, IResumableBlobStore
{
    private const string InsertStored =
        """
        INSERT INTO blobs
            (id, state, length, md5, sha256, sha512, crc32, media_type, stored_by, created_at, stored_at, touched_at, released_at, large_object)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, lo_from_bytea(0, $13))
        """;

    // A crash may lose a pending blob, so these commits do not wait for the disk. The commit that completes the blob does.
    private const string InsertPending = InsertStored + " RETURNING set_config('synchronous_commit', 'off', true)";

    // Locks the row before it writes, so that the sweeper cannot unlink the object under it.
    private const string AppendPending =
        """
        UPDATE blobs SET length = length + $3, touched_at = $4
        WHERE id = $1 AND state = 0 AND length = $2 AND released_at IS NULL
        RETURNING lo_put(large_object, $2, $5), set_config('synchronous_commit', 'off', true)
        """;

    private const string RaiseFence =
        """
        UPDATE blobs SET fence = fence + 1
        WHERE id = $1 AND state = 0 AND released_at IS NULL AND (store <> 0 OR large_object IS NOT NULL)
        RETURNING fence, length, (SELECT piece_length FROM uploads WHERE blob_id = blobs.id), store
        """;

    // Fence and length are conditions on the row that is locked, so that PostgreSQL asks again after it has waited for another writer.
    private const string WriteFenced =
        """
        UPDATE blobs SET length = $6, touched_at = $5
        WHERE id = $1 AND state = 0 AND released_at IS NULL AND fence = $2 AND length = $3
        RETURNING lo_put(large_object, $4, $7)
        """;

    private const string WriteFencedSoon = WriteFenced + ", set_config('synchronous_commit', 'off', true)";

    // Waits for the disk, and so for all that was committed before.
    private const string SettleFenced =
        "UPDATE blobs SET length = $4 WHERE id = $1 AND state = 0 AND released_at IS NULL AND fence = $2 AND length = $3";

    // 131072 is INV_WRITE. Truncating an object that ends there would write a page for nothing.
    private const string TrimTo =
        """
        SELECT CASE WHEN length(lo_get(large_object, $2, 1)) > 0 THEN lo_truncate64(lo_open(large_object, 131072), $2) END
        FROM blobs WHERE id = $1 AND large_object IS NOT NULL
        """;

    // One statement, so that a blob that is moved meanwhile is read from the store that its row named. Rows of 64 KiB let the server reuse
    // its memory; one large value would allocate new pages each time.
    private const string ReadSome =
        """
        SELECT store, step, CASE WHEN store = 0 THEN lo_get(large_object, $2 + step, least($3 - step, 65536)) END
        FROM blobs, generate_series(0, greatest($3 - 1, 0), 65536) AS step
        WHERE id = $1
        """;

    private const string Unlink =
        """
        SELECT lo_unlink(large_object) FROM blobs
        WHERE id = ANY ($1) AND EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = large_object)
        """;

    private const string DeleteRows = "DELETE FROM blobs WHERE id = ANY ($1)";

    public int PieceBytes => UploadReceiver.MinPieceBytes;

    public Task Create(IReadOnlyList<NewBlob> blobs, CancellationToken cancellationToken) =>
        TranslateFailures(blobs[0].Blob.Id, async () =>
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection);
            return await Insert(InsertPending, blobs, batch, cancellationToken);
        });

    public Task CreateStored(IReadOnlyList<NewBlob> blobs, DbTransaction transaction, CancellationToken cancellationToken) =>
        TranslateFailures(blobs[0].Blob.Id, async () =>
        {
            await using var batch = new NpgsqlBatch((NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction);
            return await Insert(InsertStored, blobs, batch, cancellationToken);
        });

    public Task Append(Guid blobId, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        TranslateFailures(blobId, async () => await Extend(blobId, offset, content, cancellationToken)
            ? true
            : throw new BlobGoneException(blobId));

    public async Task<BlobLease> Start(Blob blob, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await CreateStored([new NewBlob(blob, ReadOnlyMemory<byte>.Empty)], transaction, cancellationToken);
        return new BlobLease(blob.Id, Fence: 0, Length: 0, PieceBytes, HasParts: false, StorageProvider.LargeObject);
    }

    /// <summary>Of blobs in every store, since their rows are here.</summary>
    public Task<BlobLease?> TakeOver(Guid blobId, CancellationToken cancellationToken) => TranslateFailures(blobId, async () =>
    {
        await using var command = dataSource.CreateCommand(RaiseFence);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blobId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var partBytes = reader.GetValue(2) as int?;
        var store = (StorageProvider)reader.GetInt16(3);
        var pieceBytes = store == StorageProvider.Directory ? BlobDirectory.PieceBytes : PieceBytes;
        return new BlobLease(
            blobId, reader.GetInt64(0), reader.GetInt64(1), partBytes ?? pieceBytes, HasParts: partBytes is not null, store);
    });

    public Task<bool> Write(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken) =>
        Write(WriteFencedSoon, lease, position, content, length, cancellationToken);

    /// <summary>Every byte is where it belongs as soon as it counts.</summary>
    public Task<bool> ReadTail(BlobLease lease, Memory<byte> buffer, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A large object has no parts.");

    private Task<bool> Write(
        string statement, BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken) =>
        TranslateFailures(lease.BlobId, async () =>
        {
            await using var command = dataSource.CreateCommand(statement);
            AddLease(command, lease);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = length });
            command.Parameters.Add(Bytes(content));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken);
        });

    public Task<bool> Settle(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken) =>
        content.IsEmpty
            ? Settle(lease, length, cancellationToken)
            : Write(WriteFenced, lease, position, content, length, cancellationToken);

    private Task<bool> Settle(BlobLease lease, long length, CancellationToken cancellationToken) =>
        TranslateFailures(lease.BlobId, async () =>
        {
            await using var command = dataSource.CreateCommand(SettleFenced);
            AddLease(command, lease);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = length });
            return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
        });

    public Task Trim(Guid blobId, long length, DbTransaction transaction, CancellationToken cancellationToken) =>
        TranslateFailures(blobId, async () =>
        {
            await using var command = new NpgsqlCommand(
                TrimTo, (NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction)
            {
                Parameters = { new NpgsqlParameter<Guid> { TypedValue = blobId }, new NpgsqlParameter<long> { TypedValue = length } },
            };
            return await command.ExecuteNonQueryAsync(cancellationToken);
        });

    /// <summary>All that was appended is there: the transaction that completes the blob compares its length.</summary>
    public Task Complete(Guid blobId, long length, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<int> Read(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        await ReadOrLocate(blobId, offset, buffer, cancellationToken) is (StorageProvider.LargeObject, var read)
            ? read
            : throw new BlobGoneException(blobId);

    /// <summary>Like <see cref="Read"/>, unless the row names another store. Then nothing is read.</summary>
    public Task<(StorageProvider Store, int Read)> ReadOrLocate(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        TranslateFailures(blobId, async () =>
        {
            try
            {
                return await ReadBytes(blobId, offset, buffer, cancellationToken);
            }
            catch (PostgresException exception) when (PostgresFailures.IsDataCorruption(exception))
            {
                throw new BlobDamagedException(blobId, exception);
            }
        });

    public async Task<int> Delete(IReadOnlyCollection<Guid> blobIds, DbTransaction transaction, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. blobIds];
        await using var batch = new NpgsqlBatch((NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction)
        {
            // A large object of gigabytes is a million pages to delete, which takes its time.
            Timeout = 0,
            BatchCommands =
            {
                new NpgsqlBatchCommand(Unlink) { Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = ids } } },
                new NpgsqlBatchCommand(DeleteRows) { Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = ids } } },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return (int)batch.BatchCommands[1].RecordsAffected;
    }

    private async Task<bool> Extend(Guid blobId, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(AppendPending, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = blobId },
                new NpgsqlParameter<long> { TypedValue = offset },
                new NpgsqlParameter<long> { TypedValue = content.Length },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() },
                Bytes(content),
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    }

    private async Task<(StorageProvider Store, int Read)> ReadBytes(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ReadSome, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = blobId },
                new NpgsqlParameter<long> { TypedValue = offset },
                new NpgsqlParameter<int> { TypedValue = buffer.Length },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new BlobGoneException(blobId);
        }

        if ((StorageProvider)reader.GetInt16(0) is not StorageProvider.LargeObject and var elsewhere)
        {
            return (elsewhere, 0);
        }

        var read = 0;
        do
        {
            var step = reader.GetInt32(1);
            if (await reader.IsDBNullAsync(2, cancellationToken))
            {
                throw new BlobGoneException(blobId);
            }

            await using var content = await reader.GetStreamAsync(2, cancellationToken);
            var length = (int)content.Length;
            await content.ReadExactlyAsync(buffer.Slice(step, length), cancellationToken);
            read += length;
        }
        while (await reader.ReadAsync(cancellationToken));
        return (StorageProvider.LargeObject, read);
    }

    /// <summary>Inserts all blobs or none, in one round trip: a batch outside a transaction is a transaction of its own.</summary>
    private static async Task<int> Insert(
        string statement, IReadOnlyList<NewBlob> blobs, NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        foreach (var (blob, content) in blobs)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement)
            {
                Parameters =
                {
                    new NpgsqlParameter<Guid> { TypedValue = blob.Id },
                    new NpgsqlParameter<short> { TypedValue = (short)blob.State },
                    new NpgsqlParameter<long> { TypedValue = content.Length },
                    Digest(blob.Md5),
                    Digest(blob.Sha256),
                    Digest(blob.Sha512),
                    new NpgsqlParameter<long?> { TypedValue = blob.Crc32, NpgsqlDbType = NpgsqlDbType.Bigint },
                    new NpgsqlParameter<string> { TypedValue = blob.MediaType },
                    new NpgsqlParameter<Guid> { TypedValue = blob.StoredBy },
                    Time(blob.CreatedAt),
                    Time(blob.StoredAt),
                    Time(blob.TouchedAt),
                    Bytes(content),
                },
            });
        }

        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Translates PostgreSQL's exceptions into the application's.</summary>
    private static async Task<T> TranslateFailures<T>(Guid blobId, Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedObject)
        {
            throw new BlobGoneException(blobId);
        }
        catch (Exception exception) when (PostgresFailures.IsUnavailable(exception))
        {
            throw PostgresFailures.Unavailable(exception);
        }
    }

    private static void AddLease(NpgsqlCommand command, BlobLease lease)
    {
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = lease.BlobId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = lease.Fence });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = lease.Length });
    }

    private static NpgsqlParameter<ReadOnlyMemory<byte>> Bytes(ReadOnlyMemory<byte> content) =>
        new() { TypedValue = content, NpgsqlDbType = NpgsqlDbType.Bytea };

    private static NpgsqlParameter Digest(byte[]? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea };

    private static NpgsqlParameter Time(DateTimeOffset? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
