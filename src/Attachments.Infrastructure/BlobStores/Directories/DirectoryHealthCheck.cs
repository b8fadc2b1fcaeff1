using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attachments.Infrastructure.BlobStores.Directories;

/// <summary>Whether the directory is there and can be written.</summary>
internal sealed class DirectoryHealthCheck(BlobDirectory directory) : IHealthCheck
{
    private readonly Lock door = new();
    private Task? probing;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await ProbeOnce().WaitAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }

    /// <summary>
    /// A network file system may not answer at all, and a call to it cannot be cancelled: whoever asks meanwhile waits for the same one.
    /// </summary>
    private Task ProbeOnce()
    {
        lock (door)
        {
            if (probing is null or { IsCompleted: true })
            {
                probing = Task.Run(() =>
                {
                    directory.RequireMounted();
                    directory.Probe();
                });
            }

            return probing;
        }
    }
}
