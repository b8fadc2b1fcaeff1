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
    ILogger<BlobReader> logger,
    IFileBlobStore? files = null)
{
    /// <summary>The length of a piece for a slow client, in bytes.</summary>
    public const int PieceBytes = 256 << 10;

    /// <summary>
    /// The length of a piece for a fast client, in bytes. Each piece costs a round trip to the database or a request to the bucket.
    /// </summary>
    public const int LargePieceBytes = 1 << 20;

    /// <summary>The largest number of pieces read ahead of the one being sent, if the client is faster than the store.</summary>
    private const int MaxPiecesAhead = 2;

    /// <summary>The same for pieces that are short because what is sent consists of many small blobs.</summary>
    private const int MaxReadsAhead = 4;

    /// <summary>The largest number of pieces that wait to be sent, with those that need not be read.</summary>
    private const int MaxQueued = 16;

    /// <summary>Shorter pieces are gathered, as each flush is a call to the operating system.</summary>
    private const int MinFlushBytes = 16 << 10;

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
        else if (OpenStored(file) is { } stored)
        {
            using (stored)
            {
                await SendStored(file, stored, offset, count, destination, cancellationToken);
            }
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

    /// <summary>Sends <paramref name="count"/> bytes of a blob, from <paramref name="offset"/> on.</summary>
    /// <exception cref="BlobGoneException">The bytes are not there, or end before they should.</exception>
    public Task CopyTo(Guid blobId, long offset, long count, PipeWriter destination, CancellationToken cancellationToken) =>
        Send([blobId], count > 0 ? [new BlobSlice(blobId, offset, count)] : [], destination, cancellationToken);

    /// <summary>
    /// Sends slices one after the other, reading ahead of what is being sent, by a connection of its own for each piece. No connection is
    /// held while the destination is slow, and the blobs are kept from being reclaimed for as long as it takes.
    /// </summary>
    /// <param name="blobIds">The blobs that the slices are of.</param>
    /// <param name="slices">Enumerated as they are sent.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <exception cref="BlobGoneException">The bytes are not there, or end before they should.</exception>
    public async Task Send(
        IReadOnlyCollection<Guid> blobIds, IEnumerable<ContentSlice> slices, PipeWriter destination, CancellationToken cancellationToken)
    {
        await using var lease = new ReadLease(db, blobIds, storage.Value.ReclaimAfter, time, logger);
        using var ahead = slices.GetEnumerator();
        var rest = ahead.MoveNext() ? ahead.Current : null;
        var (pieces, unflushed, isFast) = (new Queue<Piece>(), 0, false);
        try
        {
            while (rest is not null || pieces.Count > 0)
            {
                while (rest is not null && HasRoom(pieces, isFast))
                {
                    var piece = Begin(rest, isFast ? LargePieceBytes : PieceBytes, cancellationToken);
                    pieces.Enqueue(piece);
                    rest = Skip(rest, piece.Bytes.Length) ?? (ahead.MoveNext() ? ahead.Current : null);
                }

                var sending = pieces.Peek();
                await sending.Reading;
                destination.Write(sending.Bytes.Span);
                unflushed += sending.Bytes.Length;
                pieces.Dequeue().Return();
                if (unflushed >= MinFlushBytes || pieces.Count == 0)
                {
                    await destination.FlushAsync(cancellationToken);
                    unflushed = 0;
                }

                // If every piece read ahead waits for the client, reading more would only take memory.
                isFast = pieces.Any(piece => !piece.Reading.IsCompleted);
            }
        }
        finally
        {
            foreach (var piece in pieces)
            {
                // The store writes to the buffer until the read has ended.
                await piece.Reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                piece.Return();
            }
        }
    }

    /// <summary>Many small pieces may be read at a time where a few large ones would be.</summary>
    private static bool HasRoom(Queue<Piece> pieces, bool isFast)
    {
        var (reads, bytes) = (0, 0);
        foreach (var piece in pieces)
        {
            reads += piece.Buffer is null ? 0 : 1;
            bytes += piece.Bytes.Length;
        }

        return pieces.Count < MaxQueued && (reads <= (isFast ? MaxPiecesAhead : 1) || (reads < MaxReadsAhead && bytes < PieceBytes));
    }

    private Piece Begin(ContentSlice slice, int maximum, CancellationToken cancellationToken)
    {
        if (slice is BytesSlice { Bytes: var bytes })
        {
            return new Piece(bytes, Buffer: null, Task.CompletedTask);
        }

        var (blobId, offset, count) = (BlobSlice)slice;
        var length = (int)Math.Min(count, maximum);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        var piece = buffer.AsMemory(0, length);
        return new Piece(piece, buffer, ReadPiece(blobId, offset, piece, cancellationToken));
    }

    /// <summary>What is left of a slice; null: nothing.</summary>
    private static BlobSlice? Skip(ContentSlice slice, int count) =>
        slice is BlobSlice blob && blob.Count > count ? blob with { Offset = blob.Offset + count, Count = blob.Count - count } : null;

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

        var sent = await SendFrom(copy, offset, count, destination, cancellationToken);
        if (sent < count)
        {
            cache.Remove(file);
        }

        return sent;
    }

    /// <returns>The file in which the store keeps the bytes, if it does so.</returns>
    private SafeFileHandle? OpenStored(StoredFile file)
    {
        if (!file.IsInDirectory || files?.Open(file.BlobId) is not { } stored)
        {
            return null;
        }

        if (RandomAccess.GetLength(stored) == file.Length)
        {
            return stored;
        }

        stored.Dispose();
        return null;
    }

    /// <summary>Sends a file from where the store keeps it. What cannot be read there fails as it does in every other store.</summary>
    private async Task SendStored(
        StoredFile file, SafeFileHandle stored, long offset, long count, PipeWriter destination, CancellationToken cancellationToken)
    {
        // Another process may delete the file, and on a network file system an open one is then lost.
        await using var lease = new ReadLease(db, [file.BlobId], storage.Value.ReclaimAfter, time, logger);
        var sent = await SendFrom(stored, offset, count, destination, cancellationToken);
        if (sent < count)
        {
            await CopyTo(file.BlobId, offset + sent, count - sent, destination, cancellationToken);
        }
    }

    /// <returns>The number of bytes sent: fewer than wanted if the file cannot be read any further.</returns>
    private async Task<long> SendFrom(
        SafeFileHandle copy, long offset, long count, PipeWriter destination, CancellationToken cancellationToken)
    {
        var sent = 0L;
        while (sent < count)
        {
            var wanted = (int)Math.Min(count - sent, PieceBytes);
            var read = ReadFrom(copy, offset + sent, destination.GetMemory(wanted).Span[..wanted]);
            if (read == 0)
            {
                break;
            }

            destination.Advance(read);
            await destination.FlushAsync(cancellationToken);
            sent += read;
        }

        return sent;
    }

    /// <returns>0 if the file cannot be read.</returns>
    private int ReadFrom(SafeFileHandle copy, long offset, Span<byte> buffer)
    {
        try
        {
            return RandomAccess.Read(copy, buffer, offset);
        }
        catch (IOException exception)
        {
            logger.LogWarning(exception, "A file on the disk cannot be read; the bytes are read from the store again.");
            return 0;
        }
    }

    private async Task ReadPiece(Guid blobId, long offset, Memory<byte> piece, CancellationToken cancellationToken)
    {
        if (await store.Read(blobId, offset, piece, cancellationToken) != piece.Length)
        {
            throw new BlobGoneException(blobId);
        }
    }

    /// <summary>Bytes to send, which are there once the reading has ended.</summary>
    private sealed record Piece(ReadOnlyMemory<byte> Bytes, byte[]? Buffer, Task Reading)
    {
        public void Return()
        {
            if (Buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(Buffer);
            }
        }
    }
}
