using System.Buffers;
using System.IO.Pipelines;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Attachments.Application.Content.Downloads;

/// <summary>The one way by which bytes leave the service.</summary>
public sealed class BlobReader(
    IBlobStore store,
    IBlobCache cache,
    IAttachmentsDb db,
    IOptions<StorageOptions> storage,
    ContentMetrics metrics,
    TimeProvider time,
    ILogger<BlobReader> logger)
{
    /// <summary>The piece in which bytes are read for a destination that takes its time.</summary>
    public const int ChunkBytes = 256 << 10;

    /// <summary>The piece for one that does not: each costs a round trip to the database or a request to the bucket.</summary>
    public const int LargeChunkBytes = 1 << 20;

    /// <summary>
    /// How many bytes a file may have to be read along with what is known of it. An array of more would be one of the large objects that
    /// the runtime collects only with everything else.
    /// </summary>
    public const int MaxAlongBytes = 80_000;

    /// <summary>How many pieces are read ahead of the one that is being sent, where the destination is faster than the store.</summary>
    private const int MaxPiecesAhead = 2;

    /// <summary>Finds one file, and its bytes along with it where they are few, likely to be wanted and not at hand.</summary>
    /// <param name="find">The query for it, untracked, for one that the caller may read.</param>
    /// <param name="question">What was asked, comparable to others: what was answered before is likely to be answered again.</param>
    /// <param name="whole">All of the bytes are likely to be wanted.</param>
    /// <returns>Null where there is none; what a download needs is null where the blob is gone.</returns>
    public async Task<(T File, StoredFile? Stored)?> Find<T>(Func<ContentWish, Task<T?>> find, object question, bool whole)
        where T : HeldFile
    {
        var known = (whole ? cache.Expect(question) : null) ?? [];
        var found = await store.FindAlong(along => find(new ContentWish(along && whole, known)));
        if (found is null)
        {
            return null;
        }

        if (found.Blob is not { } blob)
        {
            return (found, null);
        }

        return (found, StoredFile.Of(blob, found.FileName) with
        {
            // Of one that has lost some, the reading tells.
            Content = found.Content?.Length == blob.Length ? found.Content : null,
            Question = whole ? question : null,
        });
    }

    /// <summary>Sends <paramref name="count"/> bytes of a file, from <paramref name="offset"/> on, from where they are nearest.</summary>
    /// <exception cref="BlobGoneException">The bytes are not there, or end before they should.</exception>
    public async Task Send(StoredFile file, long offset, long count, PipeWriter destination, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (file.Content is { } content)
        {
            cache.Note(file);
            await destination.WriteAsync(content.AsMemory((int)offset, (int)count), cancellationToken);
        }
        else
        {
            var sent = await SendCopy(file, offset, count, destination, cancellationToken);
            if (sent < count)
            {
                cache.Note(file);
                await CopyTo(file.BlobId, offset + sent, count - sent, destination, cancellationToken);
            }
        }

        metrics.Downloaded(count, time.GetElapsedTime(started));
    }

    /// <summary>
    /// Copies <paramref name="count"/> bytes from <paramref name="offset"/> on, reading ahead of what is being sent, by a connection of its
    /// own for each piece. No connection is held while the destination is slow, and the blob is kept from being reclaimed for as long as it
    /// takes.
    /// </summary>
    /// <exception cref="BlobGoneException">The bytes are not there, or end before they should.</exception>
    public async Task CopyTo(Guid blobId, long offset, long count, PipeWriter destination, CancellationToken cancellationToken)
    {
        await using var lease = new ReadLease(db, blobId, storage.Value.ReclaimAfter, time, logger);
        var pieces = new Queue<(byte[] Buffer, Task<int> Reading)>(MaxPiecesAhead + 1);
        var (end, next, isFast) = (offset + count, offset, false);
        try
        {
            while (next < end || pieces.Count > 0)
            {
                while (next < end && pieces.Count <= (isFast ? MaxPiecesAhead : 1))
                {
                    var length = (int)Math.Min(end - next, isFast ? LargeChunkBytes : ChunkBytes);
                    var buffer = ArrayPool<byte>.Shared.Rent(length);
                    pieces.Enqueue((buffer, ReadPiece(blobId, next, buffer.AsMemory(0, length), cancellationToken)));
                    next += length;
                }

                var (sending, reading) = pieces.Peek();
                await destination.WriteAsync(sending.AsMemory(0, await reading), cancellationToken);
                ArrayPool<byte>.Shared.Return(pieces.Dequeue().Buffer);

                // Where all that was read ahead waits for the destination, more of it would only take memory.
                isFast = pieces.Any(piece => !piece.Reading.IsCompleted);
            }
        }
        finally
        {
            foreach (var (buffer, reading) in pieces)
            {
                // Whatever happened, the buffer is the store's until the read has ended.
                await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>
    /// From a file's copy, where there is one, into the memory that is sent from. What is asked for again and again is in the system's
    /// memory, so it is not waited for.
    /// </summary>
    /// <returns>How much could be sent, in bytes.</returns>
    private async Task<long> SendCopy(StoredFile file, long offset, long count, PipeWriter destination, CancellationToken cancellationToken)
    {
        using var copy = cache.Open(file);
        if (copy is null)
        {
            return 0;
        }

        var sent = 0L;
        while (sent < count)
        {
            var wanted = (int)Math.Min(count - sent, ChunkBytes);
            var read = ReadCopy(copy, offset + sent, destination.GetMemory(wanted).Span[..wanted]);
            if (read == 0)
            {
                cache.Drop(file);
                break;
            }

            destination.Advance(read);
            await destination.FlushAsync(cancellationToken);
            sent += read;
        }

        return sent;
    }

    /// <returns>0 where it cannot be read any more.</returns>
    private int ReadCopy(SafeFileHandle copy, long offset, Span<byte> buffer)
    {
        try
        {
            return RandomAccess.Read(copy, buffer, offset);
        }
        catch (IOException exception)
        {
            logger.LogWarning(exception, "A cached copy cannot be read; the file is sent from the store.");
            return 0;
        }
    }

    private async Task<int> ReadPiece(Guid blobId, long offset, Memory<byte> piece, CancellationToken cancellationToken)
    {
        var read = await store.Read(blobId, offset, piece, cancellationToken);
        return read == piece.Length ? read : throw new BlobGoneException(blobId);
    }
}
