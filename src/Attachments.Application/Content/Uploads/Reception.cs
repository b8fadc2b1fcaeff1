using System.Buffers;
using System.Security.Cryptography;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Attachments.Application.Content.Uploads;

/// <summary>
/// Receives the files of one request: reads, digests, limits and stores their bytes, and hands them over to an aggregate once they are
/// whole. A file of less than one piece (<see cref="IBlobStore.WriteBytes"/>) waits in memory for the transaction that will refer to it,
/// where the store joins that; any other goes to a pending blob piece by piece, each stored while the next arrives, so that its size costs
/// no memory and its slowness no connection.
/// What was received and not handed over in a committed transaction is released on dispose.
/// </summary>
public sealed class Reception : IAsyncDisposable
{
    /// <summary>The least piece in which bytes are stored.</summary>
    public const int ChunkBytes = 256 << 10;

    /// <summary>
    /// How much the small files of one request may hold in memory together, besides as much that is on its way to the store.
    /// </summary>
    internal const int MaxHeldBytes = 1 << 20;

    private readonly IBlobStore store;
    private readonly IAttachmentsDb db;
    private readonly Guid storedBy;
    private readonly long maxBytes;
    private readonly ContentMetrics metrics;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly List<Guid> pending = [];
    private List<ReceivedFile> held = [];
    private int heldBytes;
    private Task storing = Task.CompletedTask;

    internal Reception(
        IBlobStore store, IAttachmentsDb db, Guid storedBy, long maxBytes, ContentMetrics metrics, TimeProvider time, ILogger logger)
    {
        this.store = store;
        this.db = db;
        this.storedBy = storedBy;
        this.maxBytes = maxBytes;
        this.metrics = metrics;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Reads one file to its end and stores its bytes, visible to no one yet.</summary>
    /// <exception cref="TooLargeException">It is larger than the limit, or says that it will be.</exception>
    /// <exception cref="DigestMismatchException">Its bytes are not those that the client meant to send.</exception>
    public async Task<ReceivedFile> Receive(Upload upload, CancellationToken cancellationToken)
    {
        RequireWithinLimit(upload.DeclaredLength ?? 0);
        await MakeRoom();
        var started = time.GetTimestamp();
        try
        {
            var file = await Read(upload, cancellationToken);
            var path = file.Length < store.WriteBytes ? UploadPath.Small : UploadPath.Chunked;
            metrics.Uploaded(path, file.Length, time.GetElapsedTime(started));
            return file;
        }
        catch (BlobGoneException gone)
        {
            metrics.UploadFailed(time.GetElapsedTime(started));
            throw Lost(gone.BlobId);
        }
        catch
        {
            metrics.UploadFailed(time.GetElapsedTime(started));
            throw;
        }
    }

    private async Task<ReceivedFile> Read(Upload upload, CancellationToken cancellationToken)
    {
        using var digests = new Digesting(upload.Digests, HashAlgorithmName.MD5, HashAlgorithmName.SHA256);
        using var piece = new PieceBuffer(store.WriteBytes);

        // One byte more than declared, so that the end of a small file is seen in the buffer that holds it.
        var expected = Math.Min(upload.DeclaredLength ?? ChunkBytes, ChunkBytes - 1) + 1;
        RequireWithinLimit(await piece.Fill(upload.Content, maxBytes, expected, cancellationToken));
        if (piece.IsFull)
        {
            return await ReceiveLarge(upload, piece, digests, cancellationToken);
        }

        digests.Append(piece.Bytes.Span);
        var file = Received(upload, piece.Bytes.Length, digests);
        if (store.JoinsTransactions)
        {
            Hold(file, piece.Bytes.Span);
        }
        else
        {
            file.PendingBlobId = await StoreWhole(file, piece.Bytes, cancellationToken);
        }

        return file;
    }

    /// <summary>As the other, of one file.</summary>
    /// <exception cref="UnavailableException"><c>upload_lost</c></exception>
    public async Task<Blob> Keep(ReceivedFile file, CancellationToken cancellationToken) => (await Keep([file], cancellationToken))[0];

    /// <summary>
    /// Makes received files' blobs part of the open <see cref="IAttachmentsDb.Change{T}"/>: stored, and to be referred to by an aggregate
    /// in the same transaction.
    /// </summary>
    /// <returns>The blobs, in the order of the files.</returns>
    /// <exception cref="UnavailableException">
    /// <c>upload_lost</c>: bytes were reclaimed meanwhile, since the upload took longer than it may, or a crash took them.
    /// </exception>
    public async Task<IReadOnlyList<Blob>> Keep(IReadOnlyList<ReceivedFile> files, CancellationToken cancellationToken)
    {
        await storing;
        var arrived = await RequireWhole([.. files.Where(file => file.PendingBlobId is not null)], cancellationToken);
        var now = time.GetUtcNow();
        var made = new List<NewBlob>();
        var blobs = new List<Blob>();
        foreach (var file in files)
        {
            var blob = file.PendingBlobId is { } id ? arrived[id] : Blob.Pending(file.MediaType, storedBy, now);
            if (blob.State == BlobState.Pending)
            {
                blob.Complete(file.Length, file.Md5, file.Sha256, now, file.Sha512);
            }

            blobs.Add(blob);
            if (file.PendingBlobId is null)
            {
                made.Add(new NewBlob(blob, file.Bytes));
            }
        }

        if (made.Count > 0)
        {
            await store.Create(made, cancellationToken);
            db.Blobs.AttachRange(made.Select(blob => blob.Blob));
        }

        return blobs;
    }

    /// <summary>Gives the memory back, and the blobs that no committed transaction took over to the sweeper.</summary>
    public async ValueTask DisposeAsync()
    {
        // Whatever came of it, the memory is the store's until then.
        await storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        GiveBack(held);
        if (pending.Count == 0)
        {
            return;
        }

        try
        {
            // Which of them were taken over is the database's to say: a commit whose answer was lost may have happened.
            await db.Blobs
                .Where(blob => pending.Contains(blob.Id) && blob.State == BlobState.Pending)
                .ExecuteUpdateAsync(set => set.SetProperty(blob => blob.ReleasedAt, time.GetUtcNow()), CancellationToken.None);
        }
        catch (Exception exception)
        {
            // They are reclaimed all the same, once they have been without progress for long enough.
            logger.LogWarning(exception, "Could not release {Count} unfinished uploads.", pending.Count);
        }
    }

    /// <summary>
    /// That pending blobs are as long as what was received, and not given to the sweeper, who then leaves them alone until the transaction
    /// ends. Their pieces were committed without waiting for the disk: after a crash of the database a row may be shorter than what it
    /// took, or not there. Those whose digests are in their rows already are completed by the same statement, and need none of their own.
    /// </summary>
    private async Task<Dictionary<Guid, Blob>> RequireWhole(List<ReceivedFile> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0)
        {
            return [];
        }

        var ids = files.ConvertAll(file => file.PendingBlobId!.Value);
        var now = time.GetUtcNow();
        var kept = await db.Blobs
            .Where(blob => ids.Contains(blob.Id) && blob.State == BlobState.Pending && blob.ReleasedAt == null)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(blob => blob.State, blob => blob.Sha256 == null ? BlobState.Pending : BlobState.Stored)
                    .SetProperty(blob => blob.StoredAt, blob => blob.Sha256 == null ? (DateTimeOffset?)null : now)
                    .SetProperty(blob => blob.TouchedAt, now),
                cancellationToken);
        var found = await db.Blobs.Where(blob => ids.Contains(blob.Id)).ToDictionaryAsync(blob => blob.Id, cancellationToken);
        var lost = files.Find(file => found.GetValueOrDefault(file.PendingBlobId!.Value) is not { ReleasedAt: null } blob
            || blob.Length != file.Length);
        return lost is null && kept == ids.Count ? found : throw Lost(lost?.PendingBlobId ?? ids[0]);
    }

    private void Hold(ReceivedFile file, ReadOnlySpan<byte> bytes)
    {
        file.Buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(file.Buffer);
        held.Add(file);
        heldBytes += file.Buffer.Length;
    }

    private async Task<Guid> StoreWhole(ReceivedFile file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var blob = Blob.Pending(file.MediaType, storedBy, time.GetUtcNow());
        pending.Add(blob.Id);
        await store.Create(blob, bytes, cancellationToken);
        await store.Finish(blob.Id, bytes.Length, cancellationToken);
        return blob.Id;
    }

    private async Task<ReceivedFile> ReceiveLarge(Upload upload, PieceBuffer first, Digesting digests, CancellationToken cancellationToken)
    {
        var blob = Blob.Pending(upload.MediaType, storedBy, time.GetUtcNow());
        pending.Add(blob.Id);
        using var spare = new PieceBuffer(store.WriteBytes);
        var (arrived, next) = (first, spare);
        var stored = 0L;
        for (var length = first.Bytes.Length; length > 0; (arrived, next) = (next, arrived))
        {
            RequireWithinLimit(stored + length);
            var writing = stored == 0
                ? store.Create(blob, arrived.Bytes, cancellationToken)
                : store.Append(blob.Id, stored, arrived.Bytes, cancellationToken);
            stored += length;
            length = await ReadOn(upload.Content, next, maxBytes - stored, writing, arrived.Bytes, digests, cancellationToken);
        }

        var file = Received(upload, stored, digests);
        await store.Finish(blob.Id, stored, cancellationToken);
        file.PendingBlobId = blob.Id;
        return file;
    }

    /// <summary>While one piece is on its way to the store, digests it and reads the next.</summary>
    private static async Task<int> ReadOn(
        Stream content, PieceBuffer next, long allowed, Task writing, ReadOnlyMemory<byte> piece, Digesting digests,
        CancellationToken cancellationToken)
    {
        int length;
        try
        {
            digests.Append(piece.Span);
            length = await next.Fill(content, allowed, ChunkBytes, cancellationToken);
        }
        catch
        {
            // Whatever happened, the piece's buffer is the store's until the write has ended.
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await writing;
        return length;
    }

    private static ReceivedFile Received(Upload upload, long length, Digesting digests)
    {
        digests.RequireExpected();
        return new ReceivedFile(
            upload.FileName,
            upload.MediaType,
            length,
            digests.Current(HashAlgorithmName.MD5),
            digests.Current(HashAlgorithmName.SHA256),
            digests.Find(HashAlgorithmName.SHA512));
    }

    /// <summary>Once the files held in memory are many, they go to the store together, while the next ones are read.</summary>
    private async Task MakeRoom()
    {
        if (heldBytes + ChunkBytes <= MaxHeldBytes)
        {
            return;
        }

        await storing;
        (var full, held, heldBytes) = (held, [], 0);
        storing = Store(full);
    }

    /// <summary>Though the client goes away: it may have sent all that it had to.</summary>
    private async Task Store(List<ReceivedFile> files)
    {
        try
        {
            var now = time.GetUtcNow();
            var blobs = files.ConvertAll(file => new NewBlob(Described(file, now), file.Bytes));
            pending.AddRange(blobs.Select(blob => blob.Blob.Id));
            await store.Create(blobs, CancellationToken.None);
            for (var i = 0; i < files.Count; i++)
            {
                files[i].PendingBlobId = blobs[i].Blob.Id;
            }
        }
        finally
        {
            GiveBack(files);
        }
    }

    private Blob Described(ReceivedFile file, DateTimeOffset now)
    {
        var blob = Blob.Pending(file.MediaType, storedBy, now);
        blob.Describe(file.Length, file.Md5, file.Sha256, file.Sha512);
        return blob;
    }

    private static void GiveBack(List<ReceivedFile> files)
    {
        foreach (var file in files)
        {
            ArrayPool<byte>.Shared.Return(file.Buffer!);
            file.Buffer = null;
        }
    }

    private static UnavailableException Lost(Guid blobId) => new(
        "upload_lost", "The bytes received so far were lost or reclaimed; send the file again.", new BlobGoneException(blobId));

    private void RequireWithinLimit(long length)
    {
        if (length > maxBytes)
        {
            throw new TooLargeException("upload_too_large", $"A file can have at most {maxBytes} bytes.");
        }
    }
}
