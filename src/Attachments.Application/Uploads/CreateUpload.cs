using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Attachments.Application.TemporarySets;
using Attachments.Domain.Content;
using Attachments.Domain.Uploads;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Uploads;

/// <summary>Begins an upload that is sent in several requests, and receives the first bytes if there are any.</summary>
/// <param name="Target">What it is for, by the address of the request.</param>
/// <param name="Path">The address.</param>
/// <param name="Preconditions">What must be true of what is there: checked now, and again at the end; of a set only now.</param>
/// <param name="Read">Reads what else the request says, once all that can be refused without it is not.</param>
/// <param name="Stopping">The service is stopping.</param>
public sealed record CreateUpload(
    UploadTarget Target, string Path, Preconditions Preconditions, Func<NewUpload> Read, CancellationToken Stopping) : IRequest<UploadDto>;

/// <summary>What a request says of a new upload.</summary>
/// <param name="Protocol">The one that the request speaks.</param>
/// <param name="Target">What it is for, with the fields that the request sets.</param>
/// <param name="FileName">Null: it has none.</param>
/// <param name="MediaType">Null: it says none.</param>
/// <param name="Length">Of the file, in bytes; null: it is not known yet.</param>
/// <param name="Metadata">As they were sent.</param>
/// <param name="Digests">Of the whole file.</param>
/// <param name="Chunk">The first bytes; null: there are none.</param>
public sealed record NewUpload(
    UploadProtocol Protocol,
    UploadTarget Target,
    FileName? FileName,
    string? MediaType,
    long? Length,
    string? Metadata,
    ExpectedDigests Digests,
    IncomingChunk? Chunk)
{
    /// <summary>Whether the file is empty, and so complete with the request that creates the upload.</summary>
    public bool IsEmpty { get; init; }
}

internal sealed class CreateUploadHandler(
    IAttachmentsDb db,
    IResumableBlobStore store,
    UploadAccess access,
    UploadDestinations destinations,
    UploadContinuation continuation,
    UploadReport report,
    TemporarySetAccess sets,
    Caller caller,
    IOptions<LimitsOptions> limits,
    IOptions<UploadsOptions> options,
    TimeProvider time)
    : IRequestHandler<CreateUpload, UploadDto>
{
    private const string Unknown = "application/octet-stream";

    /// <exception cref="RequestException">The upload is refused, and there is none.</exception>
    public async Task<UploadDto> Handle(CreateUpload request, CancellationToken cancellationToken)
    {
        if (caller.Granted is not null)
        {
            throw new ForbiddenException("link_not_resumable", "A signed link is for one request, and not for an upload in several.");
        }

        await destinations.Find(request.Target, request.Preconditions).Check(cancellationToken);
        var sent = request.Read();
        RequireWithinLimits(sent);
        await RequireFewOpen(cancellationToken);
        db.Forget();
        var (upload, lease) = await db.Change(token => Insert(request, sent, token), CancellationToken.None);
        db.Forget();
        access.Report(upload, 0);
        return await ReceiveFirst(upload, lease, sent, request.Stopping);
    }

    /// <summary>
    /// Nobody has its URL before this request is answered, so it ends with the request. It stays only if the bytes are not those of the
    /// checksum, as the answer names it then.
    /// </summary>
    private async Task<UploadDto> ReceiveFirst(Upload upload, BlobLease lease, NewUpload sent, CancellationToken stopping)
    {
        try
        {
            return (sent.Chunk ?? (sent.IsEmpty ? Nothing : null)) is { } chunk
                ? UploadContinuation.RequireTaken(await continuation.Continue(upload, lease, chunk, stopping))
                : access.Report(upload, 0);
        }
        catch (Exception exception)
        {
            var isWorthRepeating = exception is ChecksumMismatchException or DigestMismatchException
                && report.Upload is { State: UploadState.Open };
            if (!isWorthRepeating)
            {
                await access.Remove(upload.Id);
            }

            throw;
        }
    }

    private static IncomingChunk Nothing => new(Stream.Null, DeclaredLength: 0, ExpectedDigests.None, Checksum: null);

    private void RequireWithinLimits(NewUpload sent)
    {
        var maximum = limits.Value.MaxUploadBytes;
        if (sent.Length > maximum)
        {
            throw UploadErrors.TooLarge(maximum);
        }

        if (sent.Chunk?.DeclaredLength > (sent.Length ?? maximum))
        {
            throw sent.Length is { } length ? UploadErrors.TooLong(length) : UploadErrors.TooLarge(maximum);
        }
    }

    /// <summary>Several requests at the same time may pass this together; each of them has been counted by the next.</summary>
    private async Task RequireFewOpen(CancellationToken cancellationToken)
    {
        var maximum = options.Value.MaxOpen;
        if (await access.Open.Take(maximum).CountAsync(cancellationToken) >= maximum)
        {
            throw new TooManyUploadsException(maximum);
        }
    }

    private async Task<(Upload Upload, BlobLease Lease)> Insert(CreateUpload request, NewUpload sent, CancellationToken cancellationToken)
    {
        await destinations.Find(sent.Target, request.Preconditions).Check(cancellationToken);
        var (target, preconditions) = (sent.Target, KeptPreconditions.Serialize(request.Preconditions));
        if (target is TemporarySetTarget set)
        {
            (target, preconditions) = (set with { SetId = await sets.Reserve(set.TemporaryId, cancellationToken) }, null);
        }

        var mediaType = sent.MediaType ?? await FindMediaType(target, cancellationToken) ?? Unknown;
        var blob = Blob.CreatePending(mediaType, caller.UserId, time.GetUtcNow());
        var lease = await store.Start(blob, db.Transaction, cancellationToken);
        db.Blobs.Attach(blob);
        var (md5, sha256, sha512) = (sent.Digests.Md5, sent.Digests.Sha256, sent.Digests.Sha512);
        var file = new UploadedFile(sent.FileName, sent.Length, sent.Metadata, preconditions, md5, sha256, sha512);
        var upload = Upload.Create(
            blob, sent.Protocol, request.Path, target.Serialize(), file, lease.HasParts ? lease.PieceBytes : null);
        db.Uploads.Add(upload);
        return (upload, lease);
    }

    /// <summary>New bytes of an owned attachment keep the type of the old ones.</summary>
    private async Task<string?> FindMediaType(UploadTarget target, CancellationToken cancellationToken) =>
        target is OwnedAttachmentTarget owned
            ? await db.OwnedAttachments
                .Where(attachment => attachment.Id == owned.Id)
                .Select(attachment => attachment.Blob!.MediaType)
                .SingleOrDefaultAsync(cancellationToken)
            : null;
}
