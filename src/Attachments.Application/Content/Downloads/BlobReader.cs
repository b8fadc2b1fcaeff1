using System.Buffers;
using System.IO.Pipelines;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Attachments.Application.Content.Downloads;

/// <summary>The only way in which bytes leave the service.</summary>
public sealed class BlobReader(
    IBlobStore store,
    IBlobCache cache,
    IAttachmentsDb db,
    IOptions<StorageOptions> storage,
    TimeProvider time,
    ILogger<BlobReader> logger)
{
    /// <summary>The length of a piece for a slow client, in bytes.</summary>
    public const int PieceBytes = 256 << 10;

    /// <summary>
    /// The length of a piece for a fast client, in bytes. Each piece costs a round trip to the database or a request to the bucket.
    /// </summary>
    public const int LargePieceBytes = 1 << 20;

    /// <summary>The largest number of pieces read ahead of the one being sent, if the client is faster than the store.</summary>
    private const int MaxPiecesAhead = 2;

    /// <summary>Finds a file. Its bytes are returned with it if they are few, likely to be wanted, and not in the cache.</summary>
    /// <param name="find">
    /// The untracked query for a file that the caller may read. Its argument is passed to <see cref="SmallContent.Read"/>.
    /// </param>
    /// <param name="request">The request, by value: the file that answered it before is likely to answer it again.</param>
    /// <param name="whole">The client is likely to want all bytes.</param>
    /// <returns>Null: there is no such file. <c>Stored</c> is null if its blob is gone.</returns>
    public async Task<(T File, StoredFile? Stored)?> Find<T>(Func<byte[]?, Task<T?>> find, object request, bool whole)
        where T : FoundFile
    {
        var found = await find(whole ? cache.PredictSha256(request) ?? [] : null);
        if (found is null)
        {
            return null;
        }

        if (found.Blob is not { } blob)
        {
            return (found, null);
        }

        return (found, StoredFile.From(blob, found.FileName) with
        {
            // If bytes are missing at the end, reading them separately reports it.
            Content = found.Content?.Length == blob.Length ? found.Content : null,
            Request = whole ? request : null,
        });
    }

    /// <summary>Sends <paramref name="count"/> bytes of a file, from <paramref name="offset"/> on, from where they are nearest.</summary>
    /// <exception cref="BlobGoneException">The bytes are not there, or end before they should.</exception>
    public async Task Send(StoredFile file, long offset, long count, PipeWriter destination, CancellationToken cancellationToken)
    {
        if (file.Content is { } content)
        {
            cache.RecordUse(file);
            await destination.WriteAsync(content.AsMemory((int)offset, (int)count), cancellationToken);
        }
        else
        {
            var sent = await SendFromCache(file, offset, count, destination, cancellationToken);
            if (sent < count)
            {
                cache.RecordUse(file);
                await CopyTo(file.BlobId, offset + sent, count - sent, destination, cancellationToken);
            }
        }
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
                    var length = (int)Math.Min(end - next, isFast ? LargePieceBytes : PieceBytes);
                    var buffer = ArrayPool<byte>.Shared.Rent(length);
                    pieces.Enqueue((buffer, ReadPiece(blobId, next, buffer.AsMemory(0, length), cancellationToken)));
                    next += length;
                }

                var (sending, reading) = pieces.Peek();
                await destination.WriteAsync(sending.AsMemory(0, await reading), cancellationToken);
                ArrayPool<byte>.Shared.Return(pieces.Dequeue().Buffer);

                // If every piece read ahead waits for the client, reading more would only take memory.
                isFast = pieces.Any(piece => !piece.Reading.IsCompleted);
            }
        }
        finally
        {
            foreach (var (buffer, reading) in pieces)
            {
                // The store writes to the buffer until the read has ended.
                await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>
    /// Sends a file from its cached copy, if there is one. Files that are downloaded often are in the page cache of the operating system,
    /// so these reads do not block for long.
    /// </summary>
    /// <returns>The number of bytes sent.</returns>
    private async Task<long> SendFromCache(
        StoredFile file, long offset, long count, PipeWriter destination, CancellationToken cancellationToken)
    {
        using var copy = cache.Open(file);
        if (copy is null)
        {
            return 0;
        }

        var sent = 0L;
        while (sent < count)
        {
            var wanted = (int)Math.Min(count - sent, PieceBytes);
            var read = ReadFromCache(copy, offset + sent, destination.GetMemory(wanted).Span[..wanted]);
            if (read == 0)
            {
                cache.Remove(file);
                break;
            }

            destination.Advance(read);
            await destination.FlushAsync(cancellationToken);
            sent += read;
        }

        return sent;
    }

    /// <returns>0 if the copy cannot be read.</returns>
    private int ReadFromCache(SafeFileHandle copy, long offset, Span<byte> buffer)
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
