using Testcontainers.PostgreSql;

namespace Attachments.Testing;

/// <summary>A PostgreSQL in a container, for the builds with <c>-p:Testcontainers=true</c>.</summary>
internal static class ContainerServer
{
    private const string Image = "postgres:17.11-bookworm";

    public static async Task<(string ConnectionString, IAsyncDisposable Lifetime)> Start()
    {
        // What the services under test want beyond the image's defaults: connections, and a lock for each large object that is swept.
        var container = new PostgreSqlBuilder(Image)
            .WithCommand("-c", "max_connections=200", "-c", "max_locks_per_transaction=256", "-c", "fsync=off")
            .Build();
        await container.StartAsync();
        return (container.GetConnectionString(), container);
    }
}
