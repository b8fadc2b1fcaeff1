using System.Collections.Concurrent;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Uploads;
using Attachments.Domain.Content;
using Attachments.Domain.Uploads;

namespace Attachments.Application.Uploads;

/// <summary>
/// The digests of uploads. While this process receives the bytes of an upload one after another, it hashes them on the way and keeps the
/// state between requests. That is a shortcut only: whatever of an upload was not hashed here is read back at its end.
/// </summary>
public sealed class UploadDigests(ContentMetrics metrics, TimeProvider time) : IDisposable
{
    /// <summary>More are forgotten, those first that were not used for longest.</summary>
    private const int MaxKept = 1000;

    private static readonly TimeSpan MaxIdle = TimeSpan.FromHours(1);

    private readonly Lock turn = new();
    private readonly Dictionary<Guid, (RunningDigests Digests, long LastUsed)> kept = [];
    private readonly ConcurrentDictionary<Guid, Lazy<Task<ContentDigests>>> completing = new();

    /// <summary>Takes out what is kept of an upload, for one that goes on from there.</summary>
    /// <returns>Null: nothing is kept that ends at <paramref name="offset"/>, so the bytes from there on cannot be hashed yet.</returns>
    internal RunningDigests? Take(Upload upload, long offset)
    {
        lock (turn)
        {
            if (kept.TryGetValue(upload.Id, out var found))
            {
                return found.Digests.Offset == offset && kept.Remove(upload.Id) ? found.Digests : null;
            }
        }

        return offset == 0 ? new RunningDigests(upload) : null;
    }

    /// <summary>Keeps the state for the next request. It must be of the bytes that count, from the first on.</summary>
    internal void Keep(Upload upload, RunningDigests digests)
    {
        lock (turn)
        {
            if (kept.Remove(upload.Id, out var other))
            {
                other.Digests.Dispose();
            }

            kept[upload.Id] = (digests, time.GetTimestamp());
            ForgetSome();
        }
    }

    /// <summary>Forgets an upload that has ended.</summary>
    internal void Forget(Guid uploadId)
    {
        lock (turn)
        {
            if (kept.Remove(uploadId, out var found))
            {
                found.Digests.Dispose();
            }
        }
    }

    /// <summary>
    /// The digests of all bytes, after the end of their writing. Reads those that were not hashed here. Requests that ask at the same time wait for the same reading; one
    /// that asks after a failure goes on where that ended.
    /// </summary>
    /// <exception cref="Errors.DigestMismatchException">The file is not the one that the client announced.</exception>
    /// <exception cref="BlobGoneException">The upload has ended, or its bytes are lost.</exception>
    internal async Task<ContentDigests> Complete(Upload upload, IResumableBlobStore written, IBlobStore store)
    {
        var reading = completing.GetOrAdd(upload.Id, _ => new Lazy<Task<ContentDigests>>(async () =>
        {
            await written.Complete(upload.BlobId!.Value, upload.Length!.Value, CancellationToken.None);
            return await ReadRest(upload, store);
        }));
        try
        {
            return await reading.Value;
        }
        finally
        {
            completing.TryRemove(KeyValuePair.Create(upload.Id, reading));
        }
    }

    public void Dispose()
    {
        lock (turn)
        {
            foreach (var (digests, _) in kept.Values)
            {
                digests.Dispose();
            }

            kept.Clear();
        }
    }

    private async Task<ContentDigests> ReadRest(Upload upload, IBlobStore store)
    {
        var digests = TakeAny(upload);
        try
        {
            var read = await digests.ReadUpTo(upload.Length!.Value, upload.BlobId!.Value, store);
            metrics.RecordReadBack(read);
            return digests.Verify();
        }
        finally
        {
            Keep(upload, digests);
        }
    }

    private RunningDigests TakeAny(Upload upload)
    {
        lock (turn)
        {
            return kept.Remove(upload.Id, out var found) ? found.Digests : new RunningDigests(upload);
        }
    }

    private void ForgetSome()
    {
        foreach (var (id, (digests, lastUsed)) in kept.Where(entry => time.GetElapsedTime(entry.Value.LastUsed) > MaxIdle).ToList())
        {
            digests.Dispose();
            kept.Remove(id);
        }

        while (kept.Count > MaxKept)
        {
            var (id, (digests, _)) = kept.MinBy(entry => entry.Value.LastUsed);
            digests.Dispose();
            kept.Remove(id);
        }
    }
}

/// <summary>The digests of an upload's bytes from the first to <see cref="Offset"/>.</summary>
internal sealed class RunningDigests(Upload upload) : IDisposable
{
    private const int ReadBytes = 1 << 20;

    private readonly DigestCalculator calculator = DigestCalculator.ForFile(
        new ExpectedDigests(upload.ExpectedMd5, upload.ExpectedSha256, upload.ExpectedSha512));

    public long Offset { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        calculator.Append(bytes);
        Offset += bytes.Length;
    }

    /// <exception cref="Errors.DigestMismatchException">The file is not the one that the client announced.</exception>
    public ContentDigests Verify()
    {
        calculator.VerifyExpected();
        return calculator.GetContentDigests();
    }

    /// <returns>The bytes read.</returns>
    public async Task<long> ReadUpTo(long length, Guid blobId, IBlobStore store)
    {
        if (Offset == length)
        {
            return 0;
        }

        var before = Offset;
        var buffer = new byte[ReadBytes];
        while (Offset < length)
        {
            var read = await store.Read(blobId, Offset, buffer.AsMemory(0, (int)Math.Min(ReadBytes, length - Offset)), CancellationToken.None);
            if (read == 0)
            {
                throw new BlobGoneException(blobId);
            }

            Append(buffer.AsSpan(0, read));
        }

        return Offset - before;
    }

    public void Dispose() => calculator.Dispose();
}
