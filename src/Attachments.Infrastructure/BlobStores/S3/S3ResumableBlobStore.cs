using System.Buffers;
using System.Data.Common;
using Amazon.S3.Model;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>
/// Writes an object over several requests. Whole parts go to a multipart upload; what is less than a part waits in a large object, the
/// tail, so an append of any size is durable by one commit. A part counts once its row has it, with the ETag that the engine gave it, and
/// only those ETags are completed: a part that a request sent late, after another took over, is refused and never mixed in.
/// </summary>
internal sealed class S3ResumableBlobStore(
    NpgsqlDataSource dataSource, S3Bucket bucket, IOptions<LimitsOptions> limits, TimeProvider time)
{
    private const string Insert =
        """
        INSERT INTO blobs (id, state, length, media_type, stored_by, created_at, touched_at, store, in_s3)
        VALUES ($1, 0, 0, $2, $3, $4, $4, 1, TRUE)
        """;

    /// <summary>The row of a lease that is not over. PostgreSQL asks again after it has waited for another writer.</summary>
    private const string Leased = "blobs.id = $1 AND blobs.state = 0 AND released_at IS NULL AND fence = $2 AND blobs.length = $3";

    private const string Soon = "set_config('synchronous_commit', 'off', true)";

    private const string FindLeased = $"SELECT upload_id FROM blobs WHERE {Leased}";

    private const string RecordUpload = $"UPDATE blobs SET upload_id = $4 WHERE {Leased} AND upload_id IS NULL";

    private const string FindTail =
        $"SELECT lo_get(tail, 0, $4) FROM blobs JOIN uploads ON blob_id = blobs.id WHERE {Leased} AND tail IS NOT NULL";

    private const string Settled = $"UPDATE blobs SET length = $4 WHERE {Leased}";

    private const string RecordPart =
        """
        recorded AS (
            INSERT INTO upload_parts (blob_id, number, etag) SELECT id, $6, $7 FROM moved
            ON CONFLICT (blob_id, number) DO UPDATE SET etag = excluded.etag)
        """;

    private const string AddPart =
        $"""
        WITH moved AS (UPDATE blobs SET length = $4, touched_at = $5 WHERE {Leased} RETURNING id),
        {RecordPart}
        SELECT {Soon} FROM moved
        """;

    // Locks in the order of all others: the upload, then the blob.
    private const string MoveWithUpload =
        $"""
        upload AS (SELECT id FROM uploads WHERE blob_id = $1 FOR UPDATE),
        moved AS (
            UPDATE blobs SET length = $4, touched_at = $5 FROM upload WHERE {Leased}
            RETURNING blobs.id, upload.id AS upload)
        """;

    private const string AddPartOverTail =
        $"""
        WITH {MoveWithUpload},
        {RecordPart}
        UPDATE uploads SET tail = NULL FROM moved WHERE uploads.id = moved.upload
        RETURNING {Soon}
        """;

    private const string ReplaceTail =
        $"""
        WITH {MoveWithUpload}
        UPDATE uploads SET tail = CASE WHEN $6 <> ''::bytea THEN lo_from_bytea(0, $6) END FROM moved WHERE uploads.id = moved.upload
        RETURNING uploads.id
        """;

    private const string ExtendTail =
        $"""
        UPDATE blobs SET length = $4, touched_at = $5 FROM uploads WHERE blob_id = blobs.id AND {Leased}
        RETURNING lo_put(tail, $7, $6)
        """;

    private const string FindWritten =
        """
        SELECT store, upload_id, piece_length FROM blobs LEFT JOIN uploads ON blob_id = blobs.id
        WHERE blobs.id = $1 AND blobs.state = 0 AND released_at IS NULL AND blobs.length = $2
        """;

    private const string FindParts = "SELECT number, etag FROM upload_parts WHERE blob_id = $1 AND number <= $2 ORDER BY number";

    private const string FindWholeTail = "SELECT lo_get(tail, 0, $2) FROM uploads WHERE blob_id = $1 AND tail IS NOT NULL";

    // Waits for the sweeper, if it is deleting it.
    private const string FindRow = "SELECT FROM blobs WHERE id = $1 FOR KEY SHARE";

    private const string Release = "UPDATE blobs SET released_at = $2 WHERE id = $1 AND state = 0 AND released_at IS NULL";

    private const string DeleteParts = "DELETE FROM upload_parts WHERE blob_id = $1";

    private readonly int partBytes = S3Bucket.PartBytesFor(limits.Value.MaxUploadBytes);

    /// <inheritdoc cref="IResumableBlobStore.Start"/>
    public async Task<BlobLease> Start(Blob blob, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = In(transaction, Insert, blob.Id);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = blob.MediaType });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blob.StoredBy });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = blob.CreatedAt });
        await Execute(command, cancellationToken);
        return new BlobLease(blob.Id, Fence: 0, Length: 0, partBytes, HasParts: true, StorageProvider.S3);
    }

    /// <inheritdoc cref="IResumableBlobStore.Write"/>
    public Task<bool> Write(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken) =>
        content.Length == lease.PieceBytes
            ? WritePart(lease, position, content, length, cancellationToken)
            : WriteTail(lease, position, content, length, isDurable: false, cancellationToken);

    /// <inheritdoc cref="IResumableBlobStore.Settle"/>
    public Task<bool> Settle(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken) =>
        content.IsEmpty && length == lease.Length
            ? Execute(Settled, lease, length, cancellationToken)
            : WriteTail(lease, position, content, length, isDurable: true, cancellationToken);

    /// <inheritdoc cref="IResumableBlobStore.ReadTail"/>
    public async Task<bool> ReadTail(BlobLease lease, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await using var command = For(FindTail, lease);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = buffer.Length });
        return await ReadBytes(command, buffer, cancellationToken) == buffer.Length;
    }

    /// <inheritdoc cref="IResumableBlobStore.Complete"/>
    public async Task Complete(Guid blobId, long length, CancellationToken cancellationToken)
    {
        if (await FindWrittenBlob(blobId, length, cancellationToken) is not { } written)
        {
            throw new BlobGoneException(blobId);
        }

        if (written.PartBytes is not { } bytes)
        {
            return;
        }

        var rest = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            await Complete(blobId, written.UploadId, length, bytes, rest.AsMemory(0, (int)(length % bytes)), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rest);
        }

        await RequireRow(blobId, cancellationToken);
    }

    /// <summary>Forgets the parts of an object that is complete, in the transaction that completes its blob.</summary>
    public static async Task ForgetParts(Guid blobId, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = In(transaction, DeleteParts, blobId);
        await Execute(command, cancellationToken);
    }

    private async Task<bool> WritePart(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken)
    {
        if (await RequireUpload(lease, cancellationToken) is not { } uploadId)
        {
            return false;
        }

        var number = (int)(position / lease.PieceBytes) + 1;
        if (await bucket.PutPart(lease.BlobId, uploadId, number, content, cancellationToken) is not { } etag)
        {
            // Somebody aborted the upload in the bucket, so all of its parts are lost, unless another request has taken over and completed it.
            if (await Find(FindLeased, lease, cancellationToken))
            {
                await ReleaseBlob(lease.BlobId);
            }

            return false;
        }

        var endsTail = length > lease.Length && lease.Length % lease.PieceBytes > 0;
        await using var command = For(endsTail ? AddPartOverTail : AddPart, lease, length, time.GetUtcNow());
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = etag });
        return await Find(command, cancellationToken);
    }

    /// <summary>The multipart upload of a lease that is not over; one is started if there is none.</summary>
    private async Task<string?> RequireUpload(BlobLease lease, CancellationToken cancellationToken)
    {
        await using var find = For(FindLeased, lease);
        var (isThere, known) = await PostgresFailures.Translate(async () =>
        {
            await using var reader = await find.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? (true, reader.GetValue(0) as string) : (false, null);
        });
        if (!isThere || known is not null)
        {
            return known;
        }

        var started = await bucket.StartUpload(lease.BlobId, cancellationToken);
        await using var record = For(RecordUpload, lease);
        record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = started });
        if (await Execute(record, cancellationToken) > 0)
        {
            return started;
        }

        // Another request has taken over: no row knows this upload.
        await bucket.AbortUpload(lease.BlobId, started, cancellationToken);
        return null;
    }

    private async Task<bool> WriteTail(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, bool isDurable, CancellationToken cancellationToken)
    {
        var isSamePart = lease.Length % lease.PieceBytes > 0 && position == lease.Length;
        var statement = isSamePart ? ExtendTail : ReplaceTail;
        await using var command = For(isDurable ? statement : $"{statement}, {Soon}", lease, length, time.GetUtcNow());
        command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = content, NpgsqlDbType = NpgsqlDbType.Bytea });
        if (isSamePart)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position % lease.PieceBytes });
        }

        return await Find(command, cancellationToken);
    }

    private async Task Complete(
        Guid blobId, string? uploadId, long length, int bytes, Memory<byte> rest, CancellationToken cancellationToken)
    {
        await using (var find = dataSource.CreateCommand(FindWholeTail))
        {
            find.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blobId });
            find.Parameters.Add(new NpgsqlParameter<int> { TypedValue = rest.Length });
            if (await ReadBytes(find, rest, cancellationToken) != rest.Length)
            {
                throw new BlobGoneException(blobId);
            }
        }

        var whole = (int)(length / bytes);
        if (whole == 0)
        {
            await bucket.Put(blobId, rest, cancellationToken);
        }
        else if (!await CompleteUpload(blobId, uploadId!, length, await FindRecordedParts(blobId, whole, cancellationToken), rest, cancellationToken))
        {
            await ReleaseBlob(blobId);
            throw new BlobGoneException(blobId);
        }

        // A request that died may have started one that no row knows.
        await bucket.AbortUploads(blobId, cancellationToken);
    }

    /// <returns>False: the parts are not there as they were recorded.</returns>
    /// <exception cref="Application.Errors.UnavailableException">
    /// Also if another request sends the last part at the same time, and the engine gave it another ETag.
    /// </exception>
    private async Task<bool> CompleteUpload(
        Guid blobId, string uploadId, long length, List<PartETag> recorded, ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        List<PartETag> all = [.. recorded];
        if (!rest.IsEmpty)
        {
            if (await bucket.PutPart(blobId, uploadId, recorded.Count + 1, rest, cancellationToken) is not { } etag)
            {
                // It may have been completed already.
                return await bucket.GetLength(blobId, cancellationToken) == length;
            }

            all.Add(new PartETag(recorded.Count + 1, etag));
        }

        return await bucket.CompleteUpload(blobId, uploadId, all, length, cancellationToken)
            || (await bucket.HasParts(blobId, uploadId, recorded, cancellationToken)
                ? throw S3Failures.Unavailable(new InvalidOperationException($"The last part of blob {blobId} was sent twice."))
                : false);
    }

    private Task<List<PartETag>> FindRecordedParts(Guid blobId, int count, CancellationToken cancellationToken) =>
        PostgresFailures.Translate(async () =>
        {
            await using var command = dataSource.CreateCommand(FindParts);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blobId });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var parts = new List<PartETag>();
            while (await reader.ReadAsync(cancellationToken))
            {
                parts.Add(new PartETag(reader.GetInt32(0), reader.GetString(1)));
            }

            return parts.Count == count ? parts : throw new BlobGoneException(blobId);
        });

    private Task<(string? UploadId, int? PartBytes)?> FindWrittenBlob(Guid blobId, long length, CancellationToken cancellationToken) =>
        PostgresFailures.Translate<(string?, int?)?>(async () =>
        {
            await using var command = dataSource.CreateCommand(FindWritten);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blobId });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = length });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken)
                ? (reader.GetValue(1) as string, reader.GetInt16(0) == (short)StorageProvider.S3 ? reader.GetValue(2) as int? : null)
                : null;
        });

    /// <summary>If the blob was reclaimed while its object was being completed, nobody else would delete that.</summary>
    private async Task RequireRow(Guid blobId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(FindRow);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blobId });
        if (!await Find(command, cancellationToken))
        {
            await bucket.Delete([blobId], withUploads: true, CancellationToken.None);
            throw new BlobGoneException(blobId);
        }
    }

    private async Task ReleaseBlob(Guid blobId)
    {
        await using var command = dataSource.CreateCommand(Release);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blobId });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
        await Execute(command, CancellationToken.None);
    }

    private async Task<bool> Execute(string statement, BlobLease lease, long length, CancellationToken cancellationToken)
    {
        await using var command = For(statement, lease);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = length });
        return await Execute(command, cancellationToken) > 0;
    }

    private async Task<bool> Find(string query, BlobLease lease, CancellationToken cancellationToken)
    {
        await using var command = For(query, lease);
        return await Find(command, cancellationToken);
    }

    private NpgsqlCommand For(string statement, BlobLease lease)
    {
        var command = dataSource.CreateCommand(statement);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = lease.BlobId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = lease.Fence });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = lease.Length });
        return command;
    }

    private NpgsqlCommand For(string statement, BlobLease lease, long length, DateTimeOffset now)
    {
        var command = For(statement, lease);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = length });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        return command;
    }

    private static NpgsqlCommand In(DbTransaction transaction, string statement, Guid blobId) =>
        new(statement, (NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = blobId } },
        };

    private static Task<int> Execute(NpgsqlCommand command, CancellationToken cancellationToken) =>
        PostgresFailures.Translate(() => command.ExecuteNonQueryAsync(cancellationToken));

    /// <returns>Whether there was a row.</returns>
    private static Task<bool> Find(NpgsqlCommand command, CancellationToken cancellationToken) => PostgresFailures.Translate(async () =>
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    });

    /// <returns>How many bytes there were.</returns>
    private static Task<int> ReadBytes(NpgsqlCommand command, Memory<byte> buffer, CancellationToken cancellationToken) =>
        PostgresFailures.Translate(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, cancellationToken);
            if (buffer.IsEmpty || !await reader.ReadAsync(cancellationToken))
            {
                return 0;
            }

            await using var content = await reader.GetStreamAsync(0, cancellationToken);
            return await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        });
}
