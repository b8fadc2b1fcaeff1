using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attachments.Infrastructure.BlobStores.Directories;

/// <summary>Whether the directory is there and can be written.</summary>
internal sealed class DirectoryHealthCheck(BlobDirectory directory) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // A network file system may not answer at all, and a call to it cannot be cancelled.
        await Task.Run(
            () =>
            {
                directory.RequireMounted();
                directory.Probe();
            },
            cancellationToken).WaitAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
