using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.External;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.Directories;

/// <summary>
/// Copies in files of the directory. The row says that there may be one before it is created. A copy has its final name only when it is whole
/// and durable.
/// </summary>
internal sealed class DirectoryMigrationStore(NpgsqlConnection session, BlobDirectory directory, TimeProvider time) : IMigrationStore
{
    private const string Find = "SELECT FROM blobs WHERE id = $1 AND in_directory";

    private const string BeginCopy =
        """
        UPDATE blobs SET in_directory = TRUE, touched_at = $2
        WHERE id = $1 AND store <> 2 AND state = 1 AND released_at IS NULL
        """;

    private const string RecordProgress =
        """
        UPDATE blobs SET touched_at = $2 WHERE id = $1 AND store <> 2 AND in_directory
        RETURNING set_config('synchronous_commit', 'off', true)
        """;

    private const string SwitchHere =
        "UPDATE blobs SET store = 2, touched_at = $2 WHERE id = $1 AND store <> 2 AND state = 1 AND in_directory";

    private readonly MigratedRow row = new(session, time);

    public StorageProvider Store => StorageProvider.Directory;

    public int PieceBytesFor(StoredBlob blob) => BlobDirectory.PieceBytes;

    public async Task<bool> HasCopy(StoredBlob blob, CancellationToken cancellationToken) =>
        await row.Exists(Find, blob, cancellationToken) && await DirectoryFailures.Act(() => directory.GetLength(blob.Id)) is not null;

    public async Task<bool> StartCopy(StoredBlob blob, CancellationToken cancellationToken)
    {
        if (!await row.Touch(BeginCopy, blob, cancellationToken))
        {
            return false;
        }

        await DirectoryFailures.Act(() => directory.Create(blob.Id).Dispose());
        return true;
    }

    public async Task AppendPiece(StoredBlob blob, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        await DirectoryFailures.Act(() =>
        {
            using var file = directory.OpenPending(blob.Id) ?? throw new FileNotFoundException("The copy was deleted elsewhere.");
            BlobDirectory.Write(file.SafeFileHandle, offset, piece);
        });
        await row.Touch(RecordProgress, blob, cancellationToken);
    }

    public Task<bool> CompleteCopy(StoredBlob blob, CancellationToken cancellationToken) => DirectoryFailures.Act(() =>
    {
        using var file = directory.OpenPending(blob.Id);
        return directory.Complete(blob.Id, file, blob.Length);
    });

    public async Task<int> Read(StoredBlob blob, long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        await directory.Read(blob.Id, offset, buffer, cancellationToken) ?? 0;

    public Task<bool> CutOver(StoredBlob blob, CancellationToken cancellationToken) => row.Touch(SwitchHere, blob, cancellationToken);
}
