using System.Buffers;
using Attachments.Application.Access;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Text;
using Attachments.Domain.Content;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Attachments.Application.Content.Uploads;

/// <summary>
/// Receives the files of one request: reads, limits, hashes and stores their bytes, and completes them in the transaction that refers to
/// them. A file that is shorter than one piece (<see cref="IBlobStore.PieceBytes"/>) stays in memory until that transaction, if the store
/// can take part in it (<see cref="ITransactionalBlobStore"/>). Any other file goes to a pending blob.
/// Disposing releases the pending blobs that no committed transaction refers to, but only those that were received here: one that outlives
/// its request is completed here and released elsewhere.
/// </summary>
public sealed class UploadReceiver : IAsyncDisposable
{
    /// <summary>The least length of a piece, in bytes.</summary>
    public const int MinPieceBytes = 256 << 10;

    /// <summary>
    /// The memory in bytes for the small files of one request. As much again may be on its way to the store.
    /// </summary>
    internal const int MaxBufferedBytes = 1 << 20;

    private readonly IBlobStore store;
    private readonly ITransactionalBlobStore? transactional;
    private readonly IAttachmentsDb db;
    private readonly Guid uploadedBy;
    private readonly long maxBytes;
    private readonly string? requiredType;
    private readonly ContentMetrics? metrics;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly List<Guid> pending = [];
    private List<ReceivedFile> buffered = [];
    private int bufferedBytes;
    private Task storing = Task.CompletedTask;

    internal UploadReceiver(
        IBlobStore store,
        ITransactionalBlobStore? transactional,
        IAttachmentsDb db,
        Caller caller,
        long maxBytes,
        ContentMetrics? metrics,
        TimeProvider time,
        ILogger logger)
    {
        this.store = store;
        this.transactional = transactional;
        this.db = db;
        uploadedBy = caller.UserId;
        this.maxBytes = Math.Min(maxBytes, caller.Granted?.MaxBytes ?? maxBytes);
        requiredType = caller.Granted?.MediaType;
        this.metrics = metrics;
        this.time = time;
        this.logger = logger;
    }

    /// <summary>Whether every file so far is still in memory: the request was small, and took no other transaction.</summary>
    internal bool IsBuffered => pending.Count == 0;

    /// <summary>Reads one file to its end and stores its bytes, which nobody can see yet.</summary>
    /// <exception cref="TooLargeException">The file is larger than the limit, or its declared length is.</exception>
    /// <exception cref="UnsupportedMediaTypeException">The file is not of the type that the caller's link allows.</exception>
    /// <exception cref="DigestMismatchException">The bytes do not have a digest that the client sent.</exception>
    /// <exception cref="UnavailableException"><c>upload_lost</c>: the bytes were reclaimed meanwhile.</exception>
    public async Task<ReceivedFile> Receive(IncomingFile upload, CancellationToken cancellationToken)
    {
        RequireType(upload.MediaType);
        RequireWithinLimit(upload.DeclaredLength ?? 0);
        await MakeRoom();
        var started = time.GetTimestamp();
        try
        {
            var file = await Read(upload, cancellationToken);
            var path = file.Length < store.PieceBytes ? UploadPath.Small : UploadPath.Chunked;
            metrics?.RecordUpload(path, file.Length, time.GetElapsedTime(started));
            return file;
        }
        catch (BlobGoneException gone)
        {
            metrics?.RecordFailedUpload(time.GetElapsedTime(started));
            throw Lost(gone.BlobId);
        }
        catch
        {
            metrics?.RecordFailedUpload(time.GetElapsedTime(started));
            throw;
        }
    }

    private async Task<ReceivedFile> Read(IncomingFile upload, CancellationToken cancellationToken)
    {
        using var digests = DigestCalculator.ForFile(upload.Digests);
        using var piece = new PieceBuffer(store.PieceBytes);

        // One byte more than declared, so that the end of a small file is seen in the buffer that holds it.
        var expected = Math.Min(upload.DeclaredLength ?? MinPieceBytes, MinPieceBytes - 1) + 1;
        RequireWithinLimit(await piece.Fill(upload.Content, maxBytes, expected, cancellationToken));
        if (piece.IsFull)
        {
            return await ReceiveLarge(upload, piece, digests, cancellationToken);
        }

        digests.Append(piece.Bytes.Span);
        var file = Received(upload, piece.Bytes.Length, digests);
        if (transactional is not null)
        {
            KeepInMemory(file, piece.Bytes.Span);
        }
        else
        {
            file.PendingBlobId = await StoreWhole(file, piece.Bytes, cancellationToken);
        }

        return file;
    }

    private async Task<ReceivedFile> ReceiveLarge(
        IncomingFile upload, PieceBuffer first, DigestCalculator digests, CancellationToken cancellationToken)
    {
        var blob = Blob.CreatePending(upload.MediaType, uploadedBy, time.GetUtcNow());
        pending.Add(blob.Id);
        var appender = new BlobAppender(store, maxBytes);
        var length = await appender.Create(blob, first, upload.Content, digests, cancellationToken);
        var file = Received(upload, length, digests);
        await store.Complete(blob.Id, length, cancellationToken);
        file.PendingBlobId = blob.Id;
        return file;
    }

    /// <summary>Completes one received file.</summary>
    /// <exception cref="UnavailableException"><c>upload_lost</c>: its bytes were reclaimed meanwhile, or a crash took them.</exception>
    public async Task<Blob> Complete(ReceivedFile file, CancellationToken cancellationToken) =>
        (await Complete([file], cancellationToken))[0];

    /// <summary>
    /// Completes received files in the open <see cref="IAttachmentsDb.Change{T}"/>: their blobs are stored, and an aggregate must refer to
    /// them in the same transaction.
    /// </summary>
    /// <returns>The blobs, in the order of the files.</returns>
    /// <exception cref="UnavailableException">
    /// <c>upload_lost</c>: bytes were reclaimed meanwhile, because the upload took too long, or a crash took them.
    /// </exception>
    public async Task<IReadOnlyList<Blob>> Complete(IReadOnlyList<ReceivedFile> files, CancellationToken cancellationToken)
    {
        await storing;
        var arrived = await RequireWhole([.. files.Where(file => file.PendingBlobId is not null)], cancellationToken);
        var now = time.GetUtcNow();
        var small = new List<NewBlob>();
        var blobs = new List<Blob>();
        foreach (var file in files)
        {
            var blob = file.PendingBlobId is { } id ? arrived[id] : Blob.CreatePending(file.MediaType, uploadedBy, now);
            if (blob.State == BlobState.Pending)
            {
                blob.Complete(file.Length, file.Digests, now);
            }

            blobs.Add(blob);
            if (file.PendingBlobId is null)
            {
                small.Add(new NewBlob(blob, file.Bytes));
            }
        }

        if (small.Count > 0)
        {
            await transactional!.CreateStored(small, db.Transaction, cancellationToken);
            db.Blobs.AttachRange(small.Select(blob => blob.Blob));
        }

        return blobs;
    }

    /// <summary>Returns the memory, and releases the pending blobs that no committed transaction completed.</summary>
    public async ValueTask DisposeAsync()
    {
        // Until then the store reads the memory, whatever the result.
        await storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ReturnMemory(buffered);
        if (pending.Count == 0)
        {
            return;
        }

        try
        {
            // Only the database knows which of them were completed: a commit whose answer was lost may have happened.
            await db.Blobs
                .Where(blob => pending.Contains(blob.Id) && blob.State == BlobState.Pending)
                .ExecuteUpdateAsync(set => set.SetProperty(blob => blob.ReleasedAt, time.GetUtcNow()), CancellationToken.None);
        }
        catch (Exception exception)
        {
            // The sweeper reclaims them anyway, as uploads that make no progress.
            logger.LogWarning(exception, "Could not release {Count} unfinished uploads.", pending.Count);
        }
    }

    /// <summary>
    /// Checks that pending blobs are as long as the files received, and locks them until the end of the transaction, so that the sweeper
    /// leaves them alone. Their pieces were committed without waiting for the disk, so after a crash of the database a row may be shorter,
    /// or gone. The same statement completes the blobs whose digests are in their rows already.
    /// </summary>
    private async Task<Dictionary<Guid, Blob>> RequireWhole(List<ReceivedFile> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0)
        {
            return [];
        }

        var ids = files.ConvertAll(file => file.PendingBlobId!.Value);
        var now = time.GetUtcNow();
        var locked = await db.Blobs
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
        return lost is null && locked == ids.Count ? found : throw Lost(lost?.PendingBlobId ?? ids[0]);
    }

    private void KeepInMemory(ReceivedFile file, ReadOnlySpan<byte> bytes)
    {
        file.Buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(file.Buffer);
        buffered.Add(file);
        bufferedBytes += file.Buffer.Length;
    }

    private async Task<Guid> StoreWhole(ReceivedFile file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var blob = Blob.CreatePending(file.MediaType, uploadedBy, time.GetUtcNow());
        pending.Add(blob.Id);
        await store.Create([new NewBlob(blob, bytes)], cancellationToken);
        await store.Complete(blob.Id, bytes.Length, cancellationToken);
        return blob.Id;
    }

    private static ReceivedFile Received(IncomingFile upload, long length, DigestCalculator digests)
    {
        digests.VerifyExpected();
        return new ReceivedFile(upload.FileName, upload.MediaType, length, digests.GetContentDigests());
    }

    /// <summary>Sends the buffered files to the store once there are many, while the next ones are read.</summary>
    private async Task MakeRoom()
    {
        if (bufferedBytes + MinPieceBytes <= MaxBufferedBytes)
        {
            return;
        }

        await storing;
        (var full, buffered, bufferedBytes) = (buffered, [], 0);
        storing = Store(full);
    }

    /// <summary>Not cancelled when the client disconnects: it may have sent everything already.</summary>
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
            ReturnMemory(files);
        }
    }

    private Blob Described(ReceivedFile file, DateTimeOffset now)
    {
        var blob = Blob.CreatePending(file.MediaType, uploadedBy, now);
        blob.SetDigests(file.Length, file.Digests);
        return blob;
    }

    private static void ReturnMemory(List<ReceivedFile> files)
    {
        foreach (var file in files)
        {
            ArrayPool<byte>.Shared.Return(file.Buffer!);
            file.Buffer = null;
        }
    }

    private static UnavailableException Lost(Guid blobId) => new(
        "upload_lost", "The bytes received so far were lost or reclaimed; send the file again.", new BlobGoneException(blobId));

    private void RequireType(string mediaType)
    {
        if (requiredType is not null && !MediaTypeRange.Includes(requiredType, mediaType))
        {
            throw new UnsupportedMediaTypeException("media_type_unsupported", $"The link takes files of the type {requiredType} only.", requiredType);
        }
    }

    private void RequireWithinLimit(long length) => RequireWithinLimit(length, maxBytes);

    /// <exception cref="TooLargeException"><c>upload_too_large</c></exception>
    internal static void RequireWithinLimit(long length, long maxBytes)
    {
        if (length > maxBytes)
        {
            throw new TooLargeException("upload_too_large", $"A file can have at most {maxBytes} bytes.");
        }
    }
}
