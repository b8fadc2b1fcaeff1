using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Domain.Uploads;

namespace Attachments.Application.Uploads;

/// <summary>
/// Finishes an upload whose bytes have all arrived: attaches the file, or decides that it is not taken. It happens once, whatever is lost
/// on the way; a request that asks again gets the same outcome. Nothing here ends with the request.
/// </summary>
internal sealed class UploadFinisher(
    UploadAccess access,
    UploadDestinations destinations,
    UploadDigests digests,
    Uploader uploader,
    IBlobStore blobs,
    IResumableBlobStore store,
    IAttachmentsDb db,
    ContentMetrics metrics,
    TimeProvider time)
{
    /// <summary>Finishes an upload, unless another request has done so.</summary>
    /// <exception cref="UnavailableException">It cannot be finished now; the upload stays as it is.</exception>
    /// <exception cref="GoneException"><c>upload_expired</c>: it is no more.</exception>
    public async Task<UploadDto> Finish(Upload upload)
    {
        db.Forget();
        ContentDigests found;
        try
        {
            found = await digests.Complete(upload, store, blobs);
        }
        catch (DigestMismatchException mismatch)
        {
            return await Refuse(upload, mismatch);
        }
        catch (BlobGoneException)
        {
            // Another request has finished it meanwhile, or it has expired.
            return access.Report(await access.Require(upload.Id, forAdmin: false, CancellationToken.None));
        }

        try
        {
            return await Attach(upload, found);
        }
        catch (Exception exception) when (RefusedOutcome.From(exception) is not null)
        {
            return await Refuse(upload, exception);
        }
    }

    private async Task<UploadDto> Attach(Upload upload, ContentDigests found)
    {
        await using var receiver = uploader.Open();
        var finished = await access.Change(upload.Id, async (current, token) =>
        {
            if (current is { State: UploadState.Open, BlobId: { } blobId })
            {
                await store.Trim(blobId, current.Length!.Value, db.Transaction, token);
                var file = Receive(current, found);
                var result = await Find(current).Attach(file, receiver, token);
                current.Complete(new StoredOutcome(found.Sha256, result).Serialize(), time.GetUtcNow());
            }

            return current;
        });
        digests.Forget(upload.Id);
        metrics.RecordUpload(UploadPath.Resumable, upload.Length!.Value, time.GetUtcNow() - upload.CreatedAt);
        return ReportEnd(finished, upload);
    }

    private async Task<UploadDto> Refuse(Upload upload, Exception refusal)
    {
        var refused = await access.Change(upload.Id, (current, _) =>
        {
            if (current is { State: UploadState.Open })
            {
                current.Refuse(RefusedOutcome.From(refusal)!.Serialize(), time.GetUtcNow());
            }

            return Task.FromResult(current);
        });
        digests.Forget(upload.Id);
        metrics.RecordFailedUpload(time.GetUtcNow() - upload.CreatedAt);
        return ReportEnd(refused, upload);
    }

    private UploadDto ReportEnd(Upload? ended, Upload upload) => ended switch
    {
        null => throw UploadErrors.NotFound(upload.Id),
        { State: UploadState.Open } => throw UploadErrors.Expired(),
        _ => access.Report(ended, upload.Length),
    };

    private IFileDestination Find(Upload upload) => destinations.Find(
        UploadTarget.Deserialize(upload.Destination), KeptPreconditions.Deserialize(upload.Preconditions));

    private static ReceivedFile Receive(Upload upload, ContentDigests found) => new(
        upload.FileName is { } name ? FileName.FromStored(name) : UploadDestinations.GetDefaultName(UploadTarget.Deserialize(upload.Destination)),
        upload.MediaType,
        upload.Length!.Value,
        found)
    {
        PendingBlobId = upload.BlobId,
    };
}
