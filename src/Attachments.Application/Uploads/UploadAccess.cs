using Attachments.Application.Access;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Domain.Uploads;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Uploads;

/// <summary>Finds the uploads of the caller, says when they expire, and ends them before their time.</summary>
internal sealed class UploadAccess(
    IAttachmentsDb db,
    IResumableBlobStore store,
    UploadWriters writers,
    UploadDigests digests,
    UploadReport report,
    Caller caller,
    IOptions<StorageOptions> storage,
    IOptions<UploadsOptions> options,
    TimeProvider time)
{
    /// <summary>The caller's uploads that have not ended, nor expired.</summary>
    public IQueryable<Upload> Open
    {
        get
        {
            var now = time.GetUtcNow();
            var (abandoned, oldest) = (now - storage.Value.AbandonAfter, now - options.Value.MaxAge);
            return db.Uploads.AsNoTracking().Where(upload => upload.CreatedBy == caller.UserId
                && upload.State == UploadState.Open
                && upload.CreatedAt > oldest
                && upload.Blob!.TouchedAt > abandoned
                && upload.Blob.ReleasedAt == null);
        }
    }

    /// <summary>An upload of the caller. Administrators see those of others if they are not about to write.</summary>
    /// <exception cref="NotFoundException"><c>upload_not_found</c>: there is none, or it is somebody else's.</exception>
    /// <exception cref="GoneException"><c>upload_expired</c>, <c>upload_ended</c></exception>
    public async Task<Upload> Require(Guid id, bool forAdmin, CancellationToken cancellationToken)
    {
        var upload = await db.Uploads.AsNoTracking().Include(upload => upload.Blob).SingleOrDefaultAsync(upload => upload.Id == id, cancellationToken);
        if (upload is null || !(upload.CreatedBy == caller.UserId || (forAdmin && caller.IsAdmin)))
        {
            throw UploadErrors.NotFound(id);
        }

        Report(upload);
        if (upload.State == UploadState.CutOff)
        {
            throw UploadErrors.Ended();
        }

        return upload.State == UploadState.Open && HasExpired(upload) ? throw UploadErrors.Expired() : upload;
    }

    /// <summary>Takes over an open upload, from whichever request is writing it now.</summary>
    /// <returns>Null: it has ended meanwhile.</returns>
    public async Task<BlobLease?> TakeOver(Upload upload, CancellationToken cancellationToken)
    {
        await writers.Interrupt(upload.Id, cancellationToken);
        if (await store.TakeOver(upload.BlobId!.Value, cancellationToken) is not { } lease)
        {
            return null;
        }

        Report(upload, lease.Length);
        return lease;
    }

    /// <summary>Runs a change on an upload of which nothing else is changed meanwhile. It is loaded with its blob; null: it is gone.</summary>
    public Task<T> Change<T>(Guid id, Func<Upload?, CancellationToken, Task<T>> change) => db.Change(
        async token =>
        {
            // An earlier change of this request may have loaded it, and bytes have come since.
            db.Forget();

            // In this order everywhere: the upload, what it is for, the blob.
            await db.Uploads.Where(upload => upload.Id == id).ExecuteUpdateAsync(
                set => set.SetProperty(upload => upload.State, upload => upload.State), token);
            return await change(
                await db.Uploads.Include(upload => upload.Blob).SingleOrDefaultAsync(upload => upload.Id == id, token), token);
        },
        CancellationToken.None);

    /// <summary>Ends an upload to which more was sent than can belong to it.</summary>
    public async Task CutOff(Upload upload)
    {
        var ended = await Change(upload.Id, (current, _) =>
        {
            if (current is { State: UploadState.Open })
            {
                current.CutOff(time.GetUtcNow());
            }

            return Task.FromResult(current);
        });
        digests.Forget(upload.Id);
        if (ended is not null)
        {
            Report(ended, report.Upload?.Offset);
        }
    }

    /// <summary>Removes an upload, and releases its bytes unless they belong to something by now.</summary>
    public async Task Remove(Guid id)
    {
        await Change(id, (upload, _) =>
        {
            if (upload is not null)
            {
                upload.ReleaseBlob(time.GetUtcNow());
                db.Uploads.Remove(upload);
            }

            return Task.FromResult(true);
        });
        digests.Forget(id);
        report.Upload = null;
    }

    /// <summary>Says what is known of an upload now, for the answer.</summary>
    /// <param name="upload">With its blob, unless an offset is given.</param>
    /// <param name="offset">Null: as it was loaded.</param>
    public UploadDto Report(Upload upload, long? offset = null) => report.Upload = Describe(upload, offset);

    /// <inheritdoc cref="Report"/>
    public UploadDto Describe(Upload upload, long? offset = null)
    {
        var touched = upload.Blob?.TouchedAt ?? upload.EndedAt ?? upload.CreatedAt;
        return new UploadDto(
            upload.Id,
            upload.Path,
            upload.FileName,
            upload.Length,
            offset ?? upload.Blob?.Length ?? upload.Length ?? 0,
            upload.CreatedAt,
            upload.State == UploadState.Open ? GetExpiry(upload.CreatedAt, touched) : touched + storage.Value.AbandonAfter,
            upload.State)
        {
            Protocol = upload.Protocol,
            Metadata = upload.Metadata,
            Outcome = UploadOutcome.Deserialize(upload.Outcome),
        };
    }

    /// <summary>When an open upload ends, if no byte comes.</summary>
    public DateTimeOffset GetExpiry(DateTimeOffset createdAt, DateTimeOffset touchedAt)
    {
        var (oldest, abandoned) = (createdAt + options.Value.MaxAge, touchedAt + storage.Value.AbandonAfter);
        return oldest < abandoned ? oldest : abandoned;
    }

    private bool HasExpired(Upload upload) =>
        upload.Blob is not { State: BlobState.Pending, ReleasedAt: null } blob || GetExpiry(upload.CreatedAt, blob.TouchedAt) <= time.GetUtcNow();
}
