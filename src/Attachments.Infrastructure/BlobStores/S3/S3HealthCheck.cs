using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>Whether the bucket can be asked for something.</summary>
internal sealed class S3HealthCheck(S3Bucket bucket) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await bucket.Probe(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
