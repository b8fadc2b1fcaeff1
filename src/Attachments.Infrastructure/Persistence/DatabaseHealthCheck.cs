using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Attachments.Infrastructure.Persistence;

/// <summary>Whether a request would get a connection from the pool, and an answer by it.</summary>
internal sealed class DatabaseHealthCheck(NpgsqlDataSource dataSource) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var command = dataSource.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
