using Attachments.Application.Changes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Attachments.Infrastructure.Changes;

/// <summary>Numbers changes ten times a second while the service runs, and after a failure once a second.</summary>
internal sealed class SequencerLoop(Sequencer sequencer, IOptions<ChangesOptions> options, ILogger<SequencerLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan IntervalAfterFailure = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var hasFailed = false;
        while (options.Value.Enabled)
        {
            // If the start of the host has failed, it would report a cancelled wait as another failure.
            await Task.Delay(hasFailed ? IntervalAfterFailure : Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await sequencer.Number(stoppingToken);
                hasFailed = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!hasFailed)
                {
                    logger.LogWarning(exception, "Changes could not be numbered; they stay in order, and the feed goes on when they can.");
                }

                hasFailed = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
