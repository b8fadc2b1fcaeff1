using System.Data.Common;
using Attachments.Application.Content.Blobs;
using Attachments.Infrastructure.BlobStores.External;
using Microsoft.Win32.SafeHandles;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.Directories;

/// <summary>
/// Keeps bytes in a directory, one file for each blob. The file system knows no transactions, so the row says that there may be a file from
/// before it is created until after it is deleted. File and name are durable before the row is completed.
/// </summary>
internal sealed class DirectoryBlobStore(DirectoryRows rows, BlobDirectory directory, DirectoryStore store)
    : IExternalBlobStore, IFileBlobStore, IDisposable
{
    private const string FindFiles = "SELECT id FROM blobs WHERE id = ANY ($1) AND in_directory";

    // Open from the first piece to the end, within one request: a failure of an earlier write is reported to those who had the file open.
    private readonly Dictionary<Guid, FileStream> open = [];

    public int PieceBytes => BlobDirectory.PieceBytes;

    public async Task Create(IReadOnlyList<NewBlob> blobs, CancellationToken cancellationToken)
    {
        foreach (var (blob, content) in blobs)
        {
            await rows.Insert(blob, cancellationToken);
            await DirectoryFailures.Act(() => BlobDirectory.Write((open[blob.Id] = directory.Create(blob.Id)).SafeFileHandle, 0, content));
            await SaveProgress(blob.Id, 0, content.Length, cancellationToken);
        }
    }

    public async Task Append(Guid blobId, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (!await rows.IsPending(blobId, offset, cancellationToken))
        {
            throw new BlobGoneException(blobId);
        }

        await DirectoryFailures.Act(() => BlobDirectory.Write(RequireOpen(blobId).SafeFileHandle, offset, content));
        await SaveProgress(blobId, offset, offset + content.Length, cancellationToken);
    }

    public async Task Complete(Guid blobId, long length, CancellationToken cancellationToken)
    {
        if (!await rows.IsPending(blobId, length, cancellationToken))
        {
            throw new BlobGoneException(blobId);
        }

        await DirectoryFailures.Act(() =>
        {
            open.Remove(blobId, out var known);
            using var file = known ?? directory.OpenPending(blobId);
            if (!directory.Complete(blobId, file, length))
            {
                throw new BlobGoneException(blobId);
            }
        });
    }

    public async Task<int> Read(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        await directory.Read(blobId, offset, buffer, cancellationToken) ?? throw new BlobGoneException(blobId);

    public SafeFileHandle? Open(Guid blobId) => directory.TryOpen(blobId);

    public async Task<Func<CancellationToken, Task>> PrepareDelete(
        IReadOnlyCollection<Guid> blobIds, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var shared = (NpgsqlTransaction)transaction;
        await using var command = new NpgsqlCommand(FindFiles, shared.Connection, shared)
        {
            Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [.. blobIds] } },
        };
        var found = new List<Guid>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add(reader.GetGuid(0));
            }
        }

        if (found.Count > 0)
        {
            // Another database may have adopted the directory since the last time.
            await store.Ownership.Require(shared.Connection!, cancellationToken);
        }

        return token => store.Delete(found, token);
    }

    public void Dispose()
    {
        foreach (var file in open.Values)
        {
            file.Dispose();
        }
    }

    private FileStream RequireOpen(Guid blobId)
    {
        if (!open.TryGetValue(blobId, out var file))
        {
            file = open[blobId] = directory.OpenPending(blobId) ?? throw new BlobGoneException(blobId);
        }

        return file;
    }

    private async Task SaveProgress(Guid blobId, long from, long to, CancellationToken cancellationToken)
    {
        if (!await rows.SaveProgress(blobId, from, to, cancellationToken))
        {
            // The blob was reclaimed while its bytes were being written, so delete what was created since.
            await store.Delete([blobId], CancellationToken.None);
            throw new BlobGoneException(blobId);
        }
    }
}
