using Attachments.Domain.Content;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Content.Blobs;

internal static class RemovedBlobs
{
    /// <summary>
    /// The latest Last-Modified that a file can have had of something deleted, in whose place something new is made. Null where what comes
    /// is later in any case: no file was stored and removed in the second that is not over yet, the only one to which both could belong.
    /// </summary>
    public static async Task<DateTimeOffset?> LatestRemoved(
        this IQueryable<Blob> blobs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var second = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        return await blobs.AnyAsync(blob => blob.ReleasedAt >= second && blob.StoredAt >= second, cancellationToken) ? now : null;
    }
}
