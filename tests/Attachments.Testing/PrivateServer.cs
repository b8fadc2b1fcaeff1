using Attachments.Infrastructure.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Attachments.Testing;

/// <summary>A PostgreSQL that runs beside the tests, from the server programs of this machine.</summary>
internal static class PrivateServer
{
    public static async Task<(string ConnectionString, IAsyncDisposable Lifetime)> Start()
    {
        var cluster = await PrivateCluster.StartTemporary(NullLogger.Instance, CancellationToken.None);
        return (cluster.ConnectionString, cluster);
    }
}
