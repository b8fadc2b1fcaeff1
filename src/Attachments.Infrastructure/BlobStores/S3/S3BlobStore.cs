using System.Data.Common;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.BlobStores.External;
using Attachments.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>
/// Keeps bytes in a bucket, one object for each blob. The bucket knows no transactions, so the row says that there may be an object from
/// before its first byte is sent until after it is deleted. A blob of one piece is one PUT; a larger one is a multipart upload.
/// </summary>
internal sealed class S3BlobStore(
    NpgsqlDataSource dataSource,
    S3Bucket bucket,
    S3Store store,
    IOptions<LimitsOptions> limits,
    TimeProvider time)
    : IExternalBlobStore
{
    // Committed durably before a byte is sent: otherwise a crash could leave an object that no row knows.
    private const string InsertPending =
        """
        INSERT INTO blobs (id, state, length, media_type, stored_by, created_at, touched_at, store, in_s3)
        VALUES ($1, 0, 0, $2, $3, $4, $5, 1, TRUE)
        """;

    private const string FindPending =
        "SELECT upload_id FROM blobs WHERE id = $1 AND state = 0 AND store = 1 AND length = $2 AND released_at IS NULL";

    // A crash may lose this progress. The transaction that completes the blob notices, and its commit does wait for the disk.
    private const string RecordProgress =
        """
        UPDATE blobs SET length = $3, upload_id = $4, touched_at = $5
        WHERE id = $1 AND state = 0 AND store = 1 AND length = $2 AND released_at IS NULL
        RETURNING set_config('synchronous_commit', 'off', true)
        """;

    // One that was never finished, or that took parts, may have left an upload; the others are spared the request that would look for it.
    private const string FindObjects =
        """
        SELECT id, state = 0 OR upload_id IS NOT NULL OR large_object IS NOT NULL OR in_directory FROM blobs WHERE id = ANY ($1) AND in_s3
        """;

    public int PieceBytes { get; } = S3Bucket.PartBytesFor(limits.Value.MaxUploadBytes);

    public async Task Create(IReadOnlyList<NewBlob> blobs, CancellationToken cancellationToken)
    {
        foreach (var (blob, content) in blobs)
        {
            await Create(blob, content, cancellationToken);
        }
    }

    private async Task Create(Blob blob, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await Insert(blob, cancellationToken);
        var uploadId = content.Length < PieceBytes ? null : await bucket.StartUpload(blob.Id, cancellationToken);
        if (uploadId is null)
        {
            await bucket.Put(blob.Id, content, cancellationToken);
        }
        else if (await bucket.PutPart(blob.Id, uploadId, 1, content, cancellationToken) is null)
        {
            throw new BlobGoneException(blob.Id);
        }

        await SaveProgress(blob.Id, 0, content.Length, uploadId, cancellationToken);
    }

    public async Task Append(Guid blobId, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var uploadId = await RequirePending(blobId, offset, cancellationToken);
        if (uploadId is null || offset % PieceBytes != 0)
        {
            throw new InvalidOperationException($"The bytes of an object must come in pieces of {PieceBytes}, except for the last.");
        }

        var number = (int)(offset / PieceBytes) + 1;
        if (await bucket.PutPart(blobId, uploadId, number, content, cancellationToken) is null)
        {
            throw new BlobGoneException(blobId);
        }

        await SaveProgress(blobId, offset, offset + content.Length, uploadId, cancellationToken);
    }

    public async Task Complete(Guid blobId, long length, CancellationToken cancellationToken)
    {
        var uploadId = await RequirePending(blobId, length, cancellationToken);
        if (uploadId is not null && !await bucket.CompleteUpload(blobId, uploadId, length, cancellationToken))
        {
            throw new BlobGoneException(blobId);
        }
    }

    public async Task<int> Read(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        await bucket.Read(blobId, offset, buffer, cancellationToken) ?? throw new BlobGoneException(blobId);

    public async Task<Func<CancellationToken, Task>> PrepareDelete(
        IReadOnlyCollection<Guid> blobIds, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var shared = (NpgsqlTransaction)transaction;
        var (whole, uploaded) = await FindStoredObjects(blobIds, shared, cancellationToken);
        if (whole.Count + uploaded.Count > 0)
        {
            // Another database may have adopted the bucket since the last time.
            await store.Ownership.Require(shared.Connection!, cancellationToken);
        }

        return async token =>
        {
            await bucket.Delete(whole, withUploads: false, token);
            await bucket.Delete(uploaded, withUploads: true, token);
        };
    }

    private static async Task<(List<Guid> Whole, List<Guid> Uploaded)> FindStoredObjects(
        IReadOnlyCollection<Guid> blobIds, NpgsqlTransaction shared, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindObjects, shared.Connection, shared)
        {
            Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [.. blobIds] } },
        };
        var (whole, uploaded) = (new List<Guid>(), new List<Guid>());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            (reader.GetBoolean(1) ? uploaded : whole).Add(reader.GetGuid(0));
        }

        return (whole, uploaded);
    }

    private Task<int> Insert(Blob blob, CancellationToken cancellationToken) => PostgresFailures.Translate(async () =>
    {
        await using var command = dataSource.CreateCommand(InsertPending);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blob.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = blob.MediaType });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blob.StoredBy });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = blob.CreatedAt });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = blob.TouchedAt });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    });

    /// <returns>The id of its upload; null where it was put whole.</returns>
    private Task<string?> RequirePending(Guid blobId, long length, CancellationToken cancellationToken) => PostgresFailures.Translate(async () =>
    {
        await using var command = dataSource.CreateCommand(FindPending);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blobId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = length });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetValue(0) as string : throw new BlobGoneException(blobId);
    });

    private async Task SaveProgress(Guid blobId, long from, long to, string? uploadId, CancellationToken cancellationToken)
    {
        var recorded = await PostgresFailures.Translate(async () =>
        {
            await using var command = dataSource.CreateCommand(RecordProgress);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blobId });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = to });
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)uploadId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken);
        });
        if (recorded)
        {
            return;
        }

        // The blob was reclaimed while its bytes were being sent, so delete what has arrived since.
        await bucket.Delete([blobId], withUploads: true, CancellationToken.None);
        throw new BlobGoneException(blobId);
    }
}
