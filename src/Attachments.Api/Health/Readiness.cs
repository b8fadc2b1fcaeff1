using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attachments.Api.Health;

/// <summary>
/// Probes the dependencies of the service. One probe at a time serves all callers, and its result is kept for <see cref="CacheDuration"/>.
/// Callers need no token, so the cost must not grow with their number.
/// </summary>
internal sealed class Readiness(HealthCheckService checks, TimeProvider clock) : IDisposable
{
    /// <summary>For how long a result is shared.</summary>
    public static readonly TimeSpan CacheDuration = TimeSpan.FromSeconds(1);

    /// <summary>Longer than a healthy database ever takes, and shorter than the timeout of a probe.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly Lock turn = new();
    private readonly CancellationTokenSource stopping = new();
    private Task<HealthBody>? latest;
    private long ended;

    /// <summary>The result of the latest probe, or of a new one.</summary>
    /// <param name="cancellationToken">Ends the waiting, and not the probe: others wait for it too.</param>
    public async Task<HealthBody> Check(CancellationToken cancellationToken)
    {
        try
        {
            // A check may ignore its cancellation. Then its probe stays the current one, but callers stop waiting.
            return await Latest().WaitAsync(Timeout, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return HealthBody.From(HealthStatus.Unhealthy);
        }
    }

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    private Task<HealthBody> Latest()
    {
        lock (turn)
        {
            if (latest is null || (latest.IsCompleted && clock.GetElapsedTime(ended) >= CacheDuration))
            {
                latest = Probe(stopping.Token);
            }

            return latest;
        }
    }

    private async Task<HealthBody> Probe(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return HealthBody.From(await checks.CheckHealthAsync(check => check.Tags.Contains(HealthEndpoints.ReadyTag), either.Token));
        }
        catch (OperationCanceledException)
        {
            return HealthBody.From(HealthStatus.Unhealthy);
        }
        finally
        {
            ended = clock.GetTimestamp();
        }
    }
}
