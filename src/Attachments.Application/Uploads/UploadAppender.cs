using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Uploads;
using Attachments.Domain.Uploads;

namespace Attachments.Application.Uploads;

/// <summary>
/// Writes the bytes of one request to the blob of an upload, a piece while the next is read. Whatever ends the request, the bytes that have
/// arrived are stored, unless they count only together.
/// </summary>
internal sealed class UploadAppender(IResumableBlobStore store, UploadDigests digests, ContentMetrics metrics)
{
    /// <summary>A piece that fills no faster is stored as it is.</summary>
    private static readonly TimeSpan MaxUnstored = TimeSpan.FromSeconds(10);

    /// <summary>Reads a chunk to its end.</summary>
    /// <param name="upload">What it belongs to.</param>
    /// <param name="lease">Of its blob.</param>
    /// <param name="chunk">The bytes.</param>
    /// <param name="maximum">What the length of the upload may become.</param>
    /// <param name="writer">This request, as one that can be interrupted.</param>
    /// <param name="stopping">The service is stopping.</param>
    /// <returns>The new offset, which is durable. Also when the request ended early; then with the failure.</returns>
    /// <exception cref="UploadOverrunException">There are more bytes than the maximum.</exception>
    public async Task<AppendResult> Append(
        Upload upload,
        BlobLease lease,
        IncomingChunk chunk,
        long maximum,
        UploadWriters.Writer writer,
        CancellationToken stopping)
    {
        using var attempt = new Attempt(upload, lease, chunk, digests);
        using var one = new PieceBuffer(lease.PieceBytes);
        using var two = new PieceBuffer(lease.PieceBytes);
        await using var content = new PausableStream(chunk.Content);
        var expected = Math.Min(chunk.DeclaredLength + 1 ?? UploadReceiver.MinPieceBytes, UploadReceiver.MinPieceBytes);
        var (last, failure) = await Receive(
            attempt,
            (one, two),
            (piece, stored) => Fill(
                piece, content, maximum - attempt.Position, expected, stored, !attempt.CountsTogether, writer.Interrupted, stopping),
            maximum);
        return await Settle(attempt, last, failure ?? attempt.Verify());
    }

    /// <returns>The last bytes, which are not written yet, and what ended the request early.</returns>
    private async Task<(ReadOnlyMemory<byte> Last, Exception? Failure)> Receive(
        Attempt attempt,
        (PieceBuffer Next, PieceBuffer Spare) pieces,
        Func<PieceBuffer, int, Task<(bool Ended, Exception? Failure)>> fill,
        long maximum)
    {
        var (next, spare) = pieces;
        var writing = Task.FromResult(true);
        try
        {
            while (true)
            {
                var (ended, failure) = await fill(next, (int)(attempt.Position % attempt.Lease.PieceBytes));
                if (!await writing)
                {
                    return (default, attempt.Lose());
                }

                if (next.Bytes.Length > maximum - attempt.Position)
                {
                    throw new UploadOverrunException();
                }

                if (ended || failure is not null)
                {
                    attempt.Add(next.Bytes.Span);
                    return (next.Bytes, failure);
                }

                if (next.Bytes.Length > 0)
                {
                    writing = Write(next, attempt.Lease, attempt.Position, attempt.GetLengthAfter(next.Bytes.Length));
                    attempt.Add(next.Bytes.Span);
                    attempt.Count();
                    (next, spare) = (spare, next);
                }
            }
        }
        finally
        {
            // Until then the store reads the memory, whatever the result.
            await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> Write(PieceBuffer piece, BlobLease lease, long position, long length)
    {
        if (!lease.HasParts || !piece.IsFull)
        {
            return await store.Write(lease, position, piece.Bytes, length, CancellationToken.None);
        }

        var beginning = piece.MakeRoom();
        return (beginning.IsEmpty || await store.ReadTail(lease, beginning, CancellationToken.None))
            && await store.Write(lease, position - beginning.Length, piece.Whole, length, CancellationToken.None);
    }

    /// <summary>Fills a piece, for as long as bytes that count may be left unstored.</summary>
    private static async Task<(bool Ended, Exception? Failure)> Fill(
        PieceBuffer piece,
        Stream content,
        long allowed,
        long expected,
        int stored,
        bool isPressing,
        CancellationToken interrupted,
        CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupted, stopping);
        end.CancelAfter(isPressing ? MaxUnstored : Timeout.InfiniteTimeSpan);
        try
        {
            var length = await piece.Fill(content, allowed, expected, end.Token, stored);
            return (!piece.IsFull && length <= allowed, null);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return (false, interrupted.IsCancellationRequested ? new UploadInterruptedException()
                : stopping.IsCancellationRequested ? new ServiceStoppingException()
                : null);
        }
        catch (Exception exception)
        {
            return (false, exception);
        }
    }

    /// <summary>
    /// Writes the last bytes, and makes durable what counts. One that was told of its interruption may still do so, since the other waits
    /// for it a moment.
    /// </summary>
    private async Task<AppendResult> Settle(Attempt attempt, ReadOnlyMemory<byte> last, Exception? failure)
    {
        if (failure is UploadInterruptedException)
        {
            metrics.RecordTakenOver();
        }

        if (attempt.IsLost)
        {
            return new AppendResult(null, failure);
        }

        var isDropped = attempt.CountsTogether && failure is not null;
        var (position, counted) = isDropped
            ? (attempt.Lease.Length, attempt.Lease.Length)
            : (attempt.Position - last.Length, attempt.Position);
        if (!await store.Settle(attempt.Lease, position, isDropped ? default : last, counted, CancellationToken.None))
        {
            return new AppendResult(null, failure ?? new UploadInterruptedException());
        }

        attempt.KeepDigests(counted);
        return new AppendResult(counted, failure);
    }

    /// <summary>One request's bytes on their way.</summary>
    private sealed class Attempt : IDisposable
    {
        private readonly Upload upload;
        private readonly UploadDigests kept;
        private readonly RunningDigests? whole;
        private readonly DigestCalculator? digest;
        private readonly ChecksumCalculator? checksum;
        private bool isKept;

        public Attempt(Upload upload, BlobLease lease, IncomingChunk chunk, UploadDigests kept)
        {
            this.upload = upload;
            this.kept = kept;
            Lease = lease;
            Position = lease.Length;
            CountsTogether = chunk.IsChecked;
            whole = kept.Take(upload, lease.Length);
            digest = chunk.IsChecked ? new DigestCalculator(chunk.Digests) : null;
            checksum = chunk.Checksum is { } expected ? new ChecksumCalculator(expected) : null;
        }

        /// <summary>With the length that counts.</summary>
        public BlobLease Lease { get; private set; }

        /// <summary>Where the next byte goes.</summary>
        public long Position { get; private set; }

        public bool CountsTogether { get; }

        /// <summary>Another request has taken over, and the last piece was not written.</summary>
        public bool IsLost { get; private set; }

        public UploadInterruptedException Lose()
        {
            IsLost = true;
            return new UploadInterruptedException();
        }

        /// <summary>The length that counts once the next bytes are written.</summary>
        public long GetLengthAfter(int bytes) => CountsTogether ? Lease.Length : Position + bytes;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            whole?.Append(bytes);
            digest?.Append(bytes);
            checksum?.Append(bytes);
            Position += bytes.Length;
        }

        /// <summary>What was added is written, and counts unless it does so only together.</summary>
        public void Count() => Lease = CountsTogether ? Lease : Lease with { Length = Position };

        /// <returns>What the client sent to compare with differs.</returns>
        public Exception? Verify()
        {
            try
            {
                digest?.VerifyExpected();
                checksum?.Verify();
                return null;
            }
            catch (Exception exception)
            {
                return exception;
            }
        }

        public void KeepDigests(long counted)
        {
            if (whole?.Offset == counted)
            {
                kept.Keep(upload, whole);
                isKept = true;
            }
        }

        public void Dispose()
        {
            digest?.Dispose();
            checksum?.Dispose();
            if (!isKept)
            {
                whole?.Dispose();
            }
        }
    }
}

/// <summary>The end of one request's bytes.</summary>
/// <param name="Offset">Of the upload, and durable; null: another request has taken over.</param>
/// <param name="Failure">What ended the request early; null: nothing.</param>
internal sealed record AppendResult(long? Offset, Exception? Failure);

/// <summary>More bytes came than the upload may have.</summary>
internal sealed class UploadOverrunException() : Exception("There are more bytes than the upload may have.");
