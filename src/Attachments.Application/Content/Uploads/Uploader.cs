using Attachments.Application.Access;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Content.Uploads;

/// <summary>The only way in which bytes enter the service.</summary>
public sealed class Uploader(
    IBlobStore store,
    ITransactionalBlobStore? transactional,
    IAttachmentsDb db,
    Caller caller,
    IOptions<LimitsOptions> limits,
    ContentMetrics metrics,
    TimeProvider time,
    ILogger<Uploader> logger)
{
    /// <summary>
    /// Receives an upload and attaches it to its destination in one transaction. The destination refuses before the first byte is read, and
    /// again in the transaction. While the upload is small enough to stay in memory, the first attempt changes the aggregate that was
    /// loaded before it; if another request has changed that aggregate, its revision fails the attempt. Every other attempt loads it anew.
    /// </summary>
    /// <param name="destination">What the upload becomes part of.</param>
    /// <param name="receive">Reads the request to its end. It must not change the aggregate.</param>
    /// <param name="cancellationToken">Cancels the reading. Once everything is received, the transaction goes on to its end.</param>
    public async Task<TResult> Upload<TOwner, TUpload, TResult>(
        UploadDestination<TOwner, TUpload, TResult> destination,
        Func<TOwner, UploadReceiver, CancellationToken, Task<TUpload>> receive,
        CancellationToken cancellationToken)
    {
        var owner = await destination.Load(cancellationToken);
        await using var receiver = Open();
        var upload = await receive(owner, receiver, cancellationToken);
        var isLoaded = receiver.IsBuffered;
        if (!isLoaded)
        {
            db.Forget();
        }

        return await db.Change(Attempt, CancellationToken.None);

        async Task<TResult> Attempt(CancellationToken token)
        {
            owner = isLoaded ? owner : await destination.Load(token);
            isLoaded = false;
            return await destination.Attach(owner, upload, receiver, token);
        }
    }

    /// <summary>Opens a receiver for the files of one request. Dispose it when the request ends, whatever its result.</summary>
    public UploadReceiver Open() =>
        new(store, transactional, db, caller.UserId, limits.Value.MaxUploadBytes, metrics, time, logger);
}
