using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Attachments.Infrastructure.Sweeping;

/// <summary>Sweeps every minute while the service runs.</summary>
internal sealed class SweeperLoop(Sweeper sweeper, SweepingClock clock, TimeProvider time, ILogger<SweeperLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        await using var stop = stoppingToken.Register(timer.Dispose);

        // If the start of the host has failed, it would report a cancelled wait as another failure.
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            try
            {
                await clock.RequireInSync(stoppingToken);
                var result = await sweeper.Sweep(stoppingToken);
                await sweeper.Count(stoppingToken);
                if (result.Released.Blobs + result.Abandoned.Blobs + result.TemporarySets + result.PassedOver > 0)
                {
                    logger.LogInformation(
                        "Reclaimed {Released} released and {Abandoned} abandoned blobs, {Bytes} bytes; {TemporarySets} temporary sets; "
                        + "passed over {PassedOver} blobs",
                        result.Released.Blobs,
                        result.Abandoned.Blobs,
                        result.Released.Bytes + result.Abandoned.Bytes,
                        result.TemporarySets,
                        result.PassedOver);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(exception, "A sweep failed; the next one continues where it stopped.");
            }
        }
    }
}
