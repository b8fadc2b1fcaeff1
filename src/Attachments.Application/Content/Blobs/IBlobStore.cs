using Attachments.Application.Content.Uploads;

namespace Attachments.Application.Content.Blobs;

/// <summary>
/// Keeps the bytes of blobs. It knows blobs, offsets and bytes, and nothing of who owns them. What an implementation owes:
/// no stored byte lacks a row in <c>blobs</c> at any moment, so that nothing can be left where nobody looks; and no
/// connection is held between two calls. A store that cannot be reached is an <see cref="Errors.UnavailableException"/>.
/// </summary>
public interface IBlobStore
{
    /// <summary>
    /// The piece in which a new blob's bytes are to be handed over, in bytes, and at least <see cref="Reception.ChunkBytes"/>: each piece
    /// but the last has this length, and what has less is handed over in one.
    /// </summary>
    int WriteBytes { get; }

    /// <summary>Whether a stored blob can be created with its bytes in the transaction that refers to it.</summary>
    bool JoinsTransactions { get; }

    /// <summary>
    /// Inserts the blobs' rows and stores their first bytes, of each both or neither. All of them are stored, or all pending.
    /// For stored blobs that is all of their bytes, and it happens in the transaction of the open
    /// <see cref="Persistence.IAttachmentsDb.Change{T}"/>, where the store <see cref="JoinsTransactions"/>. For pending ones the rows are
    /// committed at once, and nothing need survive a crash of the database until the blobs are completed.
    /// </summary>
    Task Create(IReadOnlyList<NewBlob> blobs, CancellationToken cancellationToken);

    /// <summary>
    /// Appends to a pending blob at <paramref name="offset"/>, which is its length so far, and records the progress in its row.
    /// Committed on return; durable when the blob is completed.
    /// </summary>
    /// <exception cref="BlobGoneException">The blob is not pending, not of that length, or has been reclaimed.</exception>
    Task Append(Guid blobId, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// All the bytes of a pending blob have been handed over, and from now on they can be read. To be called before the blob is completed.
    /// </summary>
    /// <param name="blobId">The pending blob.</param>
    /// <param name="length">What was handed over, in bytes.</param>
    /// <param name="cancellationToken">Leaves the blob pending.</param>
    /// <exception cref="BlobGoneException">What was handed over is not there any more.</exception>
    Task Finish(Guid blobId, long length, CancellationToken cancellationToken);

    /// <summary>
    /// Runs a query for a file that can bring bytes along (<see cref="SmallContent"/>), where this store has them there. Whether they can be
    /// read is told by <see cref="Read"/> alone.
    /// </summary>
    /// <param name="find">The query; told whether to bring them.</param>
    Task<T> FindAlong<T>(Func<bool, Task<T>> find);

    /// <summary>
    /// Reads from <paramref name="offset"/> on into <paramref name="buffer"/>, and returns how many bytes it read: as many as
    /// the buffer holds unless the blob ends before; 0 at or past its end.
    /// </summary>
    /// <exception cref="BlobGoneException">The blob's row or its bytes are not there.</exception>
    /// <exception cref="BlobDamagedException">The bytes are there and cannot be read.</exception>
    /// <exception cref="BlobRefusedException">The store refuses to give these, and may give others.</exception>
    Task<int> Read(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes these blobs, rows and bytes, in the open transaction. Bytes that are in no transaction go last, when every row could be
    /// deleted and so nothing refers to one of them. Bytes that are gone already are no error, so that a pass cut short can be repeated.
    /// </summary>
    /// <returns>How many rows there were.</returns>
    /// <exception cref="BlobRefusedException">The store refuses to delete some of them. Nothing may be committed.</exception>
    Task<int> Delete(IReadOnlyCollection<Guid> blobIds, CancellationToken cancellationToken);
}
