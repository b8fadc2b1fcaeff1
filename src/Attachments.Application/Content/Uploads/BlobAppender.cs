using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Domain.Content;

namespace Attachments.Application.Content.Uploads;

/// <summary>
/// Writes a stream to a pending blob, piece by piece. The next piece is read while one is being stored, so that the size of the stream
/// costs no memory and a slow client holds no connection.
/// </summary>
internal sealed class BlobAppender(IBlobStore store, long maxBytes)
{
    /// <summary>Creates a pending blob and writes a stream to it.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="first">The first piece, full.</param>
    /// <param name="content">The rest.</param>
    /// <param name="digests">Receive the bytes.</param>
    /// <param name="cancellationToken">Ends the reading and the writing.</param>
    /// <returns>The length of the blob, in bytes.</returns>
    /// <exception cref="TooLargeException">The stream has more bytes than the limit.</exception>
    /// <exception cref="BlobGoneException">The blob was reclaimed.</exception>
    public async Task<long> Create(
        Blob blob, PieceBuffer first, Stream content, DigestCalculator digests, CancellationToken cancellationToken)
    {
        using var spare = new PieceBuffer(store.PieceBytes);
        var (piece, next) = (first, spare);
        var stored = 0L;
        for (var length = first.Bytes.Length; length > 0; (piece, next) = (next, piece))
        {
            UploadReceiver.RequireWithinLimit(stored + length, maxBytes);
            var writing = stored == 0
                ? store.Create([new NewBlob(blob, piece.Bytes)], cancellationToken)
                : store.Append(blob.Id, stored, piece.Bytes, cancellationToken);
            stored += length;
            length = await ReadOn(content, next, maxBytes - stored, writing, piece.Bytes, digests, cancellationToken);
        }

        return stored;
    }

    /// <summary>Hashes one piece, on another thread, and reads the next while the first is being stored.</summary>
    private static async Task<int> ReadOn(
        Stream content, PieceBuffer next, long allowed, Task writing, ReadOnlyMemory<byte> piece, DigestCalculator digests,
        CancellationToken cancellationToken)
    {
        var hashing = Task.Run(() => digests.Append(piece.Span), CancellationToken.None);
        int length;
        try
        {
            length = await next.Fill(content, allowed, UploadReceiver.MinPieceBytes, cancellationToken);
        }
        catch
        {
            // Until both have ended, they read the buffer of the piece.
            await Task.WhenAll(hashing, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await Task.WhenAll(hashing, writing);
        return length;
    }
}
