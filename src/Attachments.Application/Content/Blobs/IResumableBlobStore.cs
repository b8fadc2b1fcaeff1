using System.Data.Common;
using Attachments.Application.Settings;
using Attachments.Domain.Content;

namespace Attachments.Application.Content.Blobs;

/// <summary>
/// Writes a pending blob over several requests, of which one at a time may write: the one that took over last. Each who takes over raises
/// the blob's fence, and each statement that writes asks for the fence it has got, so a request that was left behind cannot write any
/// more, whichever process it is in. Nothing is locked and no connection is held between two calls.
/// </summary>
public interface IResumableBlobStore
{
    /// <summary>Inserts the row of a pending blob without bytes, in the open transaction.</summary>
    Task<BlobLease> Start(Blob blob, DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Raises the fence of a pending blob. What was written before is on disk on return.</summary>
    /// <returns>Null: the blob is not pending, or has been released or reclaimed.</returns>
    Task<BlobLease?> TakeOver(Guid blobId, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a piece at <paramref name="position"/>, at or past the length of the blob, and then makes that length
    /// <paramref name="length"/>. A piece that counts may end anywhere; one that does not count yet must be whole. Committed on return, but
    /// durable only after <see cref="Settle"/>.
    /// </summary>
    /// <returns>False: the lease is over, and nothing of it counts.</returns>
    Task<bool> Write(BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the last bytes that count, of a piece that is not whole yet (<see cref="BlobLease.HasParts"/>).
    /// </summary>
    /// <returns>False: the lease is over.</returns>
    Task<bool> ReadTail(BlobLease lease, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the last piece, if there is one, and makes the length <paramref name="length"/>. All that was written before survives a crash
    /// of the database on return.
    /// </summary>
    /// <returns>False: the lease is over.</returns>
    Task<bool> Settle(BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken);

    /// <summary>Ends the writing of a pending blob, so that it can be read. It can be repeated.</summary>
    /// <exception cref="BlobGoneException">
    /// The blob is not pending, or the store has lost bytes of it; then it is released.
    /// </exception>
    Task Complete(Guid blobId, long length, CancellationToken cancellationToken);

    /// <summary>Removes what was written past the length and never counted, in the open transaction that completes the blob.</summary>
    Task Trim(Guid blobId, long length, DbTransaction transaction, CancellationToken cancellationToken);
}

/// <summary>The right to write a pending blob, until another takes over.</summary>
/// <param name="BlobId">The blob.</param>
/// <param name="Fence">The number of this taking over.</param>
/// <param name="Length">The bytes of the blob that count, when the lease was last used.</param>
/// <param name="PieceBytes">
/// The length in bytes in which it is best written: pieces end at multiples of it, except for the last of a request.
/// </param>
/// <param name="HasParts">
/// Whether bytes can be stored for good only as whole pieces. One that another request began is then completed with its beginning
/// (<see cref="IResumableBlobStore.ReadTail"/>).
/// </param>
/// <param name="Store">The store that the blob is written to.</param>
public sealed record BlobLease(Guid BlobId, long Fence, long Length, int PieceBytes, bool HasParts, StorageProvider Store);
