using System.Buffers;
using Attachments.Application.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Content;

/// <summary>The one way by which bytes leave the service.</summary>
public sealed class BlobReader(
    IBlobStore store,
    IAttachmentsDb db,
    IOptions<StorageOptions> storage,
    ContentMetrics metrics,
    TimeProvider time,
    ILogger<BlobReader> logger)
{
    /// <summary>The least piece in which bytes are read.</summary>
    public const int ChunkBytes = 256 << 10;

    /// <summary>
    /// Copies <paramref name="count"/> bytes from <paramref name="offset"/> on, reading one piece ahead of the one that is being sent
    /// (<see cref="IBlobStore.ReadBytes"/>, each with a connection of its own). No connection is held while the destination is slow, and
    /// the blob is kept from being reclaimed for as long as it takes.
    /// </summary>
    /// <exception cref="BlobGoneException">The bytes are not there, or end before they should.</exception>
    public async Task CopyTo(Guid blobId, long offset, long count, Stream destination, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await using var lease = new ReadLease(db, blobId, storage.Value.ReclaimAfter, time, logger);
        var (sending, ahead) = (Rent(count), Rent(count - store.ReadBytes));
        try
        {
            var length = await ReadPiece(blobId, offset, count, sending, cancellationToken);
            for (var left = count; left > 0;)
            {
                left -= length;
                var reading = ReadPiece(blobId, offset + count - left, left, ahead, cancellationToken);
                try
                {
                    await destination.WriteAsync(sending.AsMemory(0, length), cancellationToken);
                }
                catch
                {
                    // Whatever happened, the buffer is the store's until the read has ended.
                    await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    throw;
                }

                length = await reading;
                (sending, ahead) = (ahead, sending);
            }

            metrics.Downloaded(count, time.GetElapsedTime(started));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(sending);
            ArrayPool<byte>.Shared.Return(ahead);
        }
    }

    private async Task<int> ReadPiece(Guid blobId, long offset, long left, byte[] buffer, CancellationToken cancellationToken)
    {
        var wanted = (int)Math.Min(left, store.ReadBytes);
        if (wanted == 0)
        {
            return 0;
        }

        var read = await store.Read(blobId, offset, buffer.AsMemory(0, wanted), cancellationToken);
        return read == wanted ? read : throw new BlobGoneException(blobId);
    }

    private byte[] Rent(long count) => ArrayPool<byte>.Shared.Rent((int)Math.Clamp(count, 0, store.ReadBytes));
}
