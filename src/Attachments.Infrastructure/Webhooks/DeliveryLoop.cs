using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Attachments.Application.Changes;
using Attachments.Application.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Attachments.Infrastructure.Webhooks;

/// <summary>
/// Delivers changes to webhooks while the service runs. It looks ten times a second for what is due, and at once when a try has ended. Tries
/// that are going on when the service stops may end; after <see cref="EndOfTries"/> they are broken off and left to the others.
/// </summary>
internal sealed class DeliveryLoop(
    WebhookOutbox outbox,
    WebhookSender sender,
    WebhookMetrics metrics,
    IOptions<ChangesOptions> options,
    TimeProvider time,
    ILogger<DeliveryLoop> logger) : BackgroundService
{
    /// <summary>The most tries of all webhooks at a time, in this process.</summary>
    private const int MaxTries = 64;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan IntervalAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenMeasures = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndOfTries = TimeSpan.FromSeconds(5);

    /// <summary>How long a webhook that is stuck is left alone, unless a try of it ends.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim ended = new(0);
    private readonly CancellationTokenSource breakOff = new();
    private readonly HashSet<Task> tries = [];

    /// <summary>Until when the webhooks that are stuck are left alone.</summary>
    private readonly Dictionary<Guid, DateTimeOffset> resting = [];

    /// <summary>The webhooks of which tries have ended, after which there may be more to take.</summary>
    private readonly ConcurrentQueue<Guid> moved = new();

    private DateTimeOffset measuredAt;

    public override void Dispose()
    {
        base.Dispose();
        ended.Dispose();
        breakOff.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var hasFailed = false;
        while (options.Value.Enabled && await Wait(hasFailed ? IntervalAfterFailure : Interval, stoppingToken))
        {
            try
            {
                await Begin(stoppingToken);
                await Measure(stoppingToken);
                hasFailed = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!hasFailed)
                {
                    logger.LogWarning(exception, "Changes could not be delivered to webhooks; they are kept, and go out when they can.");
                }

                hasFailed = true;
            }
            catch (Exception)
            {
                break;
            }
        }

        breakOff.CancelAfter(EndOfTries);
        await Task.WhenAll(tries);
    }

    /// <summary>Until a try has ended, but no longer than the time given. False: the service stops.</summary>
    private async Task<bool> Wait(TimeSpan time, CancellationToken stoppingToken)
    {
        try
        {
            await ended.WaitAsync(time, stoppingToken);
            while (ended.CurrentCount > 0)
            {
                // Several have ended meanwhile.
                await ended.WaitAsync(stoppingToken);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task Begin(CancellationToken stoppingToken)
    {
        tries.RemoveWhere(task => task.IsCompleted);
        if (tries.Count >= MaxTries)
        {
            return;
        }

        EndRests();

        // In another order each time, so that none comes last again and again.
        var due = await outbox.FindDue(stoppingToken);
        Random.Shared.Shuffle(CollectionsMarshal.AsSpan(due));
        foreach (var webhookId in due)
        {
            if (resting.ContainsKey(webhookId))
            {
                continue;
            }

            var taken = await outbox.Take(webhookId, MaxTries - tries.Count, stoppingToken);
            foreach (var delivery in taken.Deliveries)
            {
                tries.Add(Try(delivery));
            }

            if (taken.IsStuck)
            {
                resting[webhookId] = time.GetUtcNow() + Rest;
            }
        }
    }

    private void EndRests()
    {
        while (moved.TryDequeue(out var webhookId))
        {
            resting.Remove(webhookId);
        }

        var now = time.GetUtcNow();
        foreach (var (webhookId, until) in resting)
        {
            if (until <= now)
            {
                resting.Remove(webhookId);
            }
        }
    }

    private async Task Try(LeasedDelivery delivery)
    {
        try
        {
            var outcome = await sender.Send(delivery, breakOff.Token);
            await outbox.Record(delivery, outcome, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            await Release(delivery);
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "A delivery to a webhook could not be recorded; it is made again when its lease is over.");
        }
        finally
        {
            moved.Enqueue(delivery.WebhookId);
            ended.Release();
        }
    }

    private async Task Release(LeasedDelivery delivery)
    {
        try
        {
            await outbox.Release(delivery, CancellationToken.None);
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "A delivery to a webhook could not be given back; it is made again when its lease is over.");
        }
    }

    private async Task Measure(CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        if (now - measuredAt >= BetweenMeasures)
        {
            metrics.Record(await outbox.Measure(stoppingToken));
            measuredAt = now;
        }
    }
}
