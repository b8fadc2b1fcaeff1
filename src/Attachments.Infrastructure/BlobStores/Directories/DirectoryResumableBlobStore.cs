using System.Data.Common;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.Persistence;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.Directories;

/// <summary>
/// Writes a file over several requests. The length in the row counts, and moves only when the bytes before it are on disk; what the file has
/// past it is written over, and cut off at the end. Who writes holds the lock of the file and asks under it for the fence: a request that
/// was left behind, however long its process was stopped, cannot write over the bytes of the one that took over.
/// </summary>
internal sealed class DirectoryResumableBlobStore(DirectoryRows rows, BlobDirectory directory)
{
    /// <inheritdoc cref="IResumableBlobStore.Start"/>
    public static async Task<BlobLease> Start(Blob blob, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            DirectoryRows.InsertPending, (NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction);
        DirectoryRows.AddTo(command, blob);
        await PostgresFailures.Translate(() => command.ExecuteNonQueryAsync(cancellationToken));
        return new BlobLease(blob.Id, Fence: 0, Length: 0, BlobDirectory.PieceBytes, HasParts: false, StorageProvider.Directory);
    }

    /// <inheritdoc cref="IResumableBlobStore.Write"/>
    public Task<bool> Write(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken) =>
        Write(lease, position, content, length, isDurable: false, cancellationToken);

    /// <inheritdoc cref="IResumableBlobStore.Settle"/>
    public Task<bool> Settle(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken) =>
        content.IsEmpty && length == lease.Length
            ? rows.Confirm(lease, cancellationToken)
            : Write(lease, position, content, length, isDurable: true, cancellationToken);

    /// <summary>As <see cref="IResumableBlobStore.Complete"/>.</summary>
    /// <returns>False: no blob of that length is being written to this store.</returns>
    public async Task<bool> TryComplete(Guid blobId, long length, CancellationToken cancellationToken)
    {
        if (!await rows.IsPending(blobId, length, cancellationToken))
        {
            return false;
        }

        var isComplete = await Act(blobId, async () =>
        {
            await using var file = await directory.Lock(blobId, create: length == 0);
            return directory.Complete(blobId, file, length);
        });
        if (!isComplete)
        {
            await rows.Release(blobId);
            throw new BlobGoneException(blobId);
        }

        return true;
    }

    private Task<bool> Write(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, bool isDurable, CancellationToken cancellationToken) =>
        Act(lease.BlobId, async () =>
        {
            await using var file = await directory.Lock(lease.BlobId, create: lease.Length == 0);
            if (!await rows.IsLeased(lease, cancellationToken))
            {
                await DeleteUnlessKnown(lease.BlobId);
                return false;
            }

            if (file is null || file.Length < lease.Length)
            {
                // Somebody else has deleted or cut it.
                await rows.Release(lease.BlobId);
                return false;
            }

            BlobDirectory.Write(file.SafeFileHandle, position, content);
            if (length > lease.Length)
            {
                BlobDirectory.Sync(file.SafeFileHandle);
                if (lease.Length == 0)
                {
                    directory.SyncName(lease.BlobId);
                }
            }

            return await rows.Count(lease, length, isDurable, cancellationToken);
        });

    /// <summary>Deletes the file that was just created for a blob that is no more.</summary>
    private async Task DeleteUnlessKnown(Guid blobId)
    {
        if (!await rows.IsKnown(blobId))
        {
            directory.Delete([blobId], CancellationToken.None);
        }
    }

    /// <summary>On a thread of the pool, since calls to a file system wait. A blob whose bytes are lost is released.</summary>
    private async Task<bool> Act(Guid blobId, Func<Task<bool>> act)
    {
        try
        {
            return await Task.Run(act);
        }
        catch (BytesLostException lost)
        {
            await rows.Release(blobId);
            throw DirectoryFailures.Unavailable(lost);
        }
        catch (Exception exception) when (DirectoryFailures.IsFailure(exception))
        {
            throw DirectoryFailures.Unavailable(exception);
        }
    }
}
