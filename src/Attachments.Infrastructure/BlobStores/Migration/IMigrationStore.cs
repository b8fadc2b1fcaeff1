using Attachments.Application.Settings;

namespace Attachments.Infrastructure.BlobStores.Migration;

/// <summary>The bytes of stored blobs as one store has them, whether or not their rows say that they are to be read from there.</summary>
internal interface IMigrationStore
{
    StorageProvider Store { get; }

    /// <summary>The length of each piece but the last, in bytes.</summary>
    int PieceBytesFor(StoredBlob blob);

    /// <summary>Whether there is a copy here that the row knows of, which an earlier move has left; whole or not.</summary>
    Task<bool> HasCopy(StoredBlob blob, CancellationToken cancellationToken);

    /// <summary>Lets the row say that there may be a copy here, and drops what is left of an earlier one.</summary>
    /// <returns>False: there is nothing to be copied any more.</returns>
    Task<bool> StartCopy(StoredBlob blob, CancellationToken cancellationToken);

    /// <summary>Writes the next piece; one of no bytes for an empty blob.</summary>
    Task AppendPiece(StoredBlob blob, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken);

    /// <summary>All pieces have been written.</summary>
    /// <returns>False: the copy is not whole.</returns>
    Task<bool> CompleteCopy(StoredBlob blob, CancellationToken cancellationToken);

    /// <summary>Reads as <see cref="Application.Content.Blobs.IBlobStore.Read"/> does; 0 where there is nothing.</summary>
    Task<int> Read(StoredBlob blob, long offset, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Lets the row say that the blob is read from here.</summary>
    /// <returns>False: it was reclaimed meanwhile.</returns>
    Task<bool> CutOver(StoredBlob blob, CancellationToken cancellationToken);
}

/// <summary>What one who copies a blob needs to know of it.</summary>
/// <param name="Id">The blob's.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">32 bytes.</param>
internal sealed record StoredBlob(Guid Id, long Length, byte[] Sha256);
