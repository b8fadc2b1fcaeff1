using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.External;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>Copies in objects of the bucket. The row says that there may be one before its first byte is sent.</summary>
internal sealed class S3MigrationStore(NpgsqlConnection session, S3Bucket bucket, TimeProvider time) : IMigrationStore
{
    private const string Find = "SELECT FROM blobs WHERE id = $1 AND in_s3";

    private const string BeginCopy =
        """
        UPDATE blobs SET in_s3 = TRUE, upload_id = NULL, touched_at = $2
        WHERE id = $1 AND store <> 1 AND state = 1 AND released_at IS NULL
        """;

    private const string RecordProgress = "UPDATE blobs SET upload_id = $3, touched_at = $2 WHERE id = $1 AND store <> 1 AND in_s3";

    private const string SwitchHere = "UPDATE blobs SET store = 1, touched_at = $2 WHERE id = $1 AND store <> 1 AND state = 1 AND in_s3";

    private readonly MigratedRow row = new(session, time);
    private string? uploadId;

    public StorageProvider Store => StorageProvider.S3;

    public int PieceBytesFor(StoredBlob blob) => S3Bucket.PartBytesFor(blob.Length);

    public async Task<bool> HasCopy(StoredBlob blob, CancellationToken cancellationToken) =>
        await row.Exists(Find, blob, cancellationToken) && await bucket.GetLength(blob.Id, cancellationToken) is not null;

    public async Task<bool> StartCopy(StoredBlob blob, CancellationToken cancellationToken)
    {
        uploadId = null;
        if (!await row.Touch(BeginCopy, blob, cancellationToken))
        {
            return false;
        }

        await bucket.AbortUploads(blob.Id, cancellationToken);
        if (blob.Length > PieceBytesFor(blob))
        {
            uploadId = await bucket.StartUpload(blob.Id, cancellationToken);
        }

        return true;
    }

    public async Task AppendPiece(StoredBlob blob, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (uploadId is null)
        {
            await bucket.Put(blob.Id, piece, cancellationToken);
        }
        else
        {
            var number = (int)(offset / PieceBytesFor(blob)) + 1;
            if (await bucket.PutPart(blob.Id, uploadId, number, piece, cancellationToken) is null)
            {
                throw S3Failures.Unavailable(new InvalidOperationException($"The upload of blob {blob.Id} was aborted elsewhere."));
            }
        }

        await row.Touch(RecordProgress, blob, cancellationToken, new NpgsqlParameter { Value = (object?)uploadId ?? DBNull.Value });
    }

    public async Task<bool> CompleteCopy(StoredBlob blob, CancellationToken cancellationToken) =>
        uploadId is null || await bucket.CompleteUpload(blob.Id, uploadId, blob.Length, cancellationToken);

    public async Task<int> Read(StoredBlob blob, long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        await bucket.Read(blob.Id, offset, buffer, cancellationToken) ?? 0;

    public Task<bool> CutOver(StoredBlob blob, CancellationToken cancellationToken) => row.Touch(SwitchHere, blob, cancellationToken);
}
