using System.Runtime.ExceptionServices;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Application.TemporarySets;
using Attachments.Domain.Uploads;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Uploads;

/// <summary>Receives a chunk of an upload, and finishes the upload if that is all of it.</summary>
internal sealed class UploadContinuation(
    UploadAccess access,
    UploadAppender appender,
    UploadFinisher finisher,
    UploadWriters writers,
    TemporarySetAccess sets,
    IOptions<LimitsOptions> limits)
{
    /// <summary>Goes on although the client has gone, since what has arrived is kept.</summary>
    /// <returns>With the outcome, if that was all; it may be a refusal.</returns>
    /// <exception cref="InconsistentLengthException">More bytes came than the client has announced; the upload is cut off.</exception>
    /// <exception cref="TooLargeException">More bytes came than a file can have; the upload is cut off.</exception>
    /// <exception cref="RequestException">The chunk does not count.</exception>
    public async Task<UploadDto> Continue(Upload upload, BlobLease lease, IncomingChunk chunk, CancellationToken stopping)
    {
        var offset = await Receive(upload, lease, chunk, stopping);
        var known = access.Report(upload, offset);
        if (UploadTarget.Deserialize(upload.Destination) is TemporarySetTarget set)
        {
            await sets.Touch(set.SetId, CancellationToken.None);
        }

        if (!(chunk.IsLast ?? known.HasAllBytes))
        {
            return known;
        }

        return await finisher.Finish(chunk.IsLast is true ? await MarkWhole(upload, offset) : upload);
    }

    /// <exception cref="RequestException">It was refused.</exception>
    public static UploadDto RequireTaken(UploadDto upload) =>
        upload.Outcome is RefusedOutcome refused ? throw refused.ToException() : upload;

    /// <summary>From now on the file is no longer than this, and is attached even if this request does not come to it.</summary>
    private async Task<Upload> MarkWhole(Upload upload, long offset)
    {
        var marked = await access.Change(upload.Id, (current, _) =>
        {
            if (current is { State: UploadState.Open, Blob.Length: var stored } && stored == offset)
            {
                RequireEnd(current, offset);
                current.MarkWhole(offset);
                return Task.FromResult<Upload?>(current);
            }

            return Task.FromResult<Upload?>(null);
        });
        return marked ?? throw new UploadInterruptedException();
    }

    private static void RequireEnd(Upload upload, long offset)
    {
        if (upload.Length is { } length && length != offset)
        {
            throw UploadErrors.EndsElsewhere(length, offset);
        }
    }

    private async Task<long> Receive(Upload upload, BlobLease lease, IncomingChunk chunk, CancellationToken stopping)
    {
        using var writer = writers.Enter(upload.Id);
        AppendResult result;
        try
        {
            var maximum = upload.Length ?? limits.Value.MaxUploadBytes;
            result = await appender.Append(upload, lease, chunk, maximum, writer, stopping);
        }
        catch (UploadOverrunException)
        {
            await access.CutOff(upload);
            throw upload.Length is { } length ? UploadErrors.TooLong(length) : UploadErrors.TooLarge(limits.Value.MaxUploadBytes);
        }

        if (result.Failure is { } failure)
        {
            access.Report(upload, result.Offset ?? lease.Length);
            ExceptionDispatchInfo.Throw(failure);
        }

        return result.Offset!.Value;
    }
}
