using Attachments.Application.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Attachments.Application.Content.Downloads;

/// <summary>
/// Keeps the sweeper from reclaiming blobs that are being read: touches their rows at every third of the time after which they could be
/// reclaimed. A shorter read costs nothing.
/// </summary>
internal sealed class ReadLease : IAsyncDisposable
{
    private readonly PeriodicTimer timer;
    private readonly Task renewing;

    public ReadLease(IAttachmentsDb db, IReadOnlyCollection<Guid> blobIds, TimeSpan reclaimAfter, TimeProvider time, ILogger logger)
    {
        var third = TimeSpan.FromTicks(Math.Clamp(reclaimAfter.Ticks / 3, TimeSpan.TicksPerSecond, TimeSpan.TicksPerDay));
        timer = new PeriodicTimer(third, time);
        renewing = Renew(db, blobIds, time, logger);
    }

    public async ValueTask DisposeAsync()
    {
        timer.Dispose();
        await renewing;
    }

    private async Task Renew(IAttachmentsDb db, IReadOnlyCollection<Guid> blobIds, TimeProvider time, ILogger logger)
    {
        while (await timer.WaitForNextTickAsync())
        {
            try
            {
                await db.Blobs
                    .Where(blob => blobIds.Contains(blob.Id))
                    .ExecuteUpdateAsync(set => set.SetProperty(blob => blob.TouchedAt, time.GetUtcNow()), CancellationToken.None);
            }
            catch (Exception exception)
            {
                // The next tick is still in time. If the database stays away, the read itself fails.
                logger.LogWarning(exception, "Could not renew the lease of {Blobs} blobs.", blobIds.Count);
            }
        }
    }
}
