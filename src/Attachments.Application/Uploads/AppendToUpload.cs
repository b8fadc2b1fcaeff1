using Attachments.Application.Conditional;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Domain.Uploads;
using MediatR;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Uploads;

/// <summary>Goes on with an upload, and finishes it with its last byte.</summary>
/// <param name="Id">The upload.</param>
/// <param name="Preconditions">Of the upload, which has no entity tag.</param>
/// <param name="Read">Reads what the request says, once it is known that there is such an upload.</param>
/// <param name="Stopping">The service is stopping.</param>
public sealed record AppendToUpload(Guid Id, Preconditions Preconditions, Func<SentChunk> Read, CancellationToken Stopping)
    : IRequest<UploadDto>;

/// <summary>What a request says of the bytes that it adds.</summary>
/// <param name="Offset">Where they belong, in bytes.</param>
/// <param name="Length">Of the file; null: it does not say.</param>
/// <param name="Chunk">The bytes.</param>
public sealed record SentChunk(long Offset, long? Length, IncomingChunk Chunk);

internal sealed class AppendToUploadHandler(
    UploadAccess access, UploadContinuation continuation, ContentMetrics metrics, IOptions<LimitsOptions> limits)
    : IRequestHandler<AppendToUpload, UploadDto>
{
    /// <exception cref="OffsetMismatchException">The upload goes on elsewhere.</exception>
    /// <exception cref="UploadInterruptedException">Another request has taken over.</exception>
    /// <exception cref="RequestException">The request is refused, or the file is not taken.</exception>
    public async Task<UploadDto> Handle(AppendToUpload request, CancellationToken cancellationToken)
    {
        var upload = await access.Require(request.Id, forAdmin: false, cancellationToken);
        var sent = request.Read();
        request.Preconditions.RequireForWrite(CurrentRepresentation.Untagged);
        var lease = upload.State == UploadState.Open ? await access.TakeOver(upload, cancellationToken) : null;
        if (lease is null)
        {
            return Answer(await AnswerAgain(request.Id, sent, cancellationToken), sent);
        }

        if (sent.Offset != lease.Length)
        {
            throw new OffsetMismatchException(lease.Length, sent.Offset);
        }

        upload = await AgreeOnLength(upload, lease, sent);
        if (lease.Length > 0)
        {
            metrics.RecordResumed();
        }

        return Answer(await continuation.Continue(upload, lease, sent.Chunk, request.Stopping), sent);
    }

    /// <summary>RUFH answers a refusal as the family does, and tus as any other error.</summary>
    private static UploadDto Answer(UploadDto upload, SentChunk sent) =>
        sent.Chunk.IsLast is null ? UploadContinuation.RequireTaken(upload) : upload;

    /// <summary>An empty request at the end of an upload that has ended gets the answer that may have been lost.</summary>
    private async Task<UploadDto> AnswerAgain(Guid id, SentChunk sent, CancellationToken cancellationToken)
    {
        var ended = access.Report(await access.Require(id, forAdmin: false, cancellationToken));
        if (ended.State == UploadState.Open)
        {
            // It was released since it was looked up.
            throw UploadErrors.Expired();
        }

        if (sent.Offset == ended.Length && sent.Chunk.IsLast is not false && await IsEmpty(sent.Chunk, cancellationToken))
        {
            return ended;
        }

        throw ended.State == UploadState.Stored ? UploadErrors.Complete() : UploadErrors.Ended();
    }

    private static async Task<bool> IsEmpty(IncomingChunk chunk, CancellationToken cancellationToken) =>
        chunk.DeclaredLength is { } length
            ? length == 0
            : await chunk.Content.ReadAsync(new byte[1], cancellationToken) == 0;

    /// <summary>Refuses a request that does not agree with the length of the file, or sets that length where it was not known.</summary>
    private async Task<Upload> AgreeOnLength(Upload upload, BlobLease lease, SentChunk sent)
    {
        var end = lease.Length + (sent.Chunk.DeclaredLength ?? 0);
        if (sent.Length is { } length && length != upload.Length)
        {
            RequirePossible(upload, lease, sent, length, end);
            return await SetLength(upload, length);
        }

        if (end > upload.Length)
        {
            if (sent.Chunk.IsLast is not null)
            {
                // RUFH, "Upload Append": the server must end it. tus leaves it as it is.
                await access.CutOff(upload);
            }

            throw UploadErrors.TooLong(upload.Length.Value);
        }

        if (sent.Chunk is { IsLast: true, DeclaredLength: not null } && end < upload.Length)
        {
            throw UploadErrors.EndsElsewhere(upload.Length.Value, end);
        }

        if (upload.Length is null && end > limits.Value.MaxUploadBytes)
        {
            await access.CutOff(upload);
            throw UploadErrors.TooLarge(limits.Value.MaxUploadBytes);
        }

        return upload;
    }

    private void RequirePossible(Upload upload, BlobLease lease, SentChunk sent, long length, long end)
    {
        if (upload.Length is { } known)
        {
            throw new InconsistentLengthException($"The upload has {known} bytes, not {length}.");
        }

        if (length < lease.Length)
        {
            throw new InconsistentLengthException($"The upload has {lease.Length} bytes already.");
        }

        if (length > limits.Value.MaxUploadBytes)
        {
            throw UploadErrors.TooLarge(limits.Value.MaxUploadBytes);
        }

        if (end > length)
        {
            throw UploadErrors.TooLong(length);
        }

        if (sent.Chunk is { IsLast: true, DeclaredLength: not null } && end < length)
        {
            throw UploadErrors.EndsElsewhere(length, end);
        }
    }

    private async Task<Upload> SetLength(Upload upload, long length)
    {
        var changed = await access.Change(upload.Id, (current, _) =>
        {
            if (current is { State: UploadState.Open, Length: null })
            {
                current.SetLength(length);
            }

            return Task.FromResult(current);
        });
        return changed is { State: UploadState.Open } && changed.Length == length
            ? changed
            : throw new UploadInterruptedException();
    }
}
