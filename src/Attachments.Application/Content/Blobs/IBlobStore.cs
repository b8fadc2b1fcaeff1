using System.Data.Common;
using Attachments.Application.Content.Uploads;
using Attachments.Domain.Content;

namespace Attachments.Application.Content.Blobs;

/// <summary>
/// Keeps the bytes of blobs. A store knows blobs, offsets and bytes, but not who owns them. Every implementation guarantees two things:
/// each stored byte has a row in <c>blobs</c> at every moment, so no byte is lost track of; and no connection is held between two calls.
/// A store that cannot be reached throws an <see cref="Errors.UnavailableException"/>.
/// </summary>
public interface IBlobStore
{
    /// <summary>
    /// The length in bytes of the pieces in which a blob is written, at least <see cref="UploadReceiver.MinPieceBytes"/>. Every piece
    /// except the last has this length. A shorter blob is written as one piece.
    /// </summary>
    int PieceBytes { get; }

    /// <summary>
    /// Inserts the rows of pending blobs and stores the first piece of each: of each blob both or neither. The rows are committed on
    /// return, but they need not survive a crash of the database until the blobs are completed.
    /// </summary>
    Task Create(IReadOnlyList<NewBlob> blobs, CancellationToken cancellationToken);

    /// <summary>
    /// Appends a piece to a pending blob at <paramref name="offset"/>, which must be its length so far, and records the progress in its
    /// row. Committed on return; durable when the blob is completed.
    /// </summary>
    /// <exception cref="BlobGoneException">The blob is not pending, does not have that length, or has been reclaimed.</exception>
    Task Append(Guid blobId, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the writing of a pending blob. Its bytes can be read from now on. Must be called before the blob is completed.
    /// </summary>
    /// <param name="blobId">The pending blob.</param>
    /// <param name="length">The bytes written, in all pieces.</param>
    /// <param name="cancellationToken">Leaves the blob pending.</param>
    /// <exception cref="BlobGoneException">The bytes written are not there any more.</exception>
    Task Complete(Guid blobId, long length, CancellationToken cancellationToken);

    /// <summary>
    /// Reads bytes from <paramref name="offset"/> on, and returns how many: as many as the buffer holds unless the blob ends before;
    /// 0 at or past its end.
    /// </summary>
    /// <exception cref="BlobGoneException">The blob's row or its bytes are not there.</exception>
    /// <exception cref="BlobDamagedException">The bytes are there but cannot be read.</exception>
    /// <exception cref="BlobRefusedException">The store refuses to return these bytes, but may return those of other blobs.</exception>
    Task<int> Read(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the rows and the bytes of these blobs. Rows are deleted in the transaction. Bytes outside the database are deleted last,
    /// once every row is deleted and nothing can refer to them. Bytes that are gone already are not an error, so a cancelled deletion can
    /// be repeated.
    /// </summary>
    /// <returns>The number of rows deleted.</returns>
    /// <exception cref="BlobRefusedException">The store refuses to delete some of them. The transaction must not be committed.</exception>
    Task<int> Delete(IReadOnlyCollection<Guid> blobIds, DbTransaction transaction, CancellationToken cancellationToken);
}

/// <summary>
/// An optional ability of a store that keeps bytes in the database: it stores a small file in the transaction that refers to it, so that
/// the file needs no pending blob and no commit of its own.
/// </summary>
public interface ITransactionalBlobStore
{
    /// <summary>Inserts the rows of stored blobs with all of their bytes.</summary>
    Task CreateStored(IReadOnlyList<NewBlob> blobs, DbTransaction transaction, CancellationToken cancellationToken);
}

/// <summary>A blob to create.</summary>
/// <param name="Blob">Its row.</param>
/// <param name="Content">Its first piece; all of its bytes if it is stored already.</param>
public readonly record struct NewBlob(Blob Blob, ReadOnlyMemory<byte> Content);
