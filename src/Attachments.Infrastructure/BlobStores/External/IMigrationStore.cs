using Attachments.Application.Settings;

namespace Attachments.Infrastructure.BlobStores.External;

/// <summary>One store as source or target of a move, whether or not the rows say that blobs are read from it.</summary>
public interface IMigrationStore
{
    StorageProvider Store { get; }

    /// <summary>The length of each piece but the last, in bytes.</summary>
    int PieceBytesFor(StoredBlob blob);

    /// <summary>Whether the row names a copy in this store, complete or not, which an earlier move left.</summary>
    Task<bool> HasCopy(StoredBlob blob, CancellationToken cancellationToken);

    /// <summary>Records in the row that this store may have a copy, and deletes the rest of an earlier one.</summary>
    /// <returns>False: there is nothing to be copied any more.</returns>
    Task<bool> StartCopy(StoredBlob blob, CancellationToken cancellationToken);

    /// <summary>Writes the next piece; one of no bytes for an empty blob.</summary>
    Task AppendPiece(StoredBlob blob, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken);

    /// <summary>All pieces have been written.</summary>
    /// <returns>False: the copy is not whole.</returns>
    Task<bool> CompleteCopy(StoredBlob blob, CancellationToken cancellationToken);

    /// <summary>Reads as <see cref="Application.Content.Blobs.IBlobStore.Read"/> does; 0 where there is nothing.</summary>
    Task<int> Read(StoredBlob blob, long offset, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Records in the row that the blob is read from this store.</summary>
    /// <returns>False: it was reclaimed meanwhile.</returns>
    Task<bool> CutOver(StoredBlob blob, CancellationToken cancellationToken);
}

/// <summary>A blob to copy.</summary>
/// <param name="Id">The blob's.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">32 bytes.</param>
public sealed record StoredBlob(Guid Id, long Length, byte[] Sha256);
