using Microsoft.Extensions.Logging;

namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>
/// The data directories of temporary clusters, below <paramref name="root"/>. An unlocked one belonged to a process that has
/// died.
/// </summary>
internal sealed class TemporaryDirectories(string root, ILogger logger)
{
    private const string Prefix = "attachments-postgres-";

    /// <summary>
    /// Creates a data directory. A concurrent clean-up may delete it before it is locked; then another one is created.
    /// </summary>
    public DataDirectory Create()
    {
        while (true)
        {
            var location = Path.Combine(root, Prefix + Guid.NewGuid().ToString("N"));
            DataDirectory.Create(location);
            if (DataDirectory.TryAcquire(location, FileMode.OpenOrCreate) is { } data)
            {
                return data;
            }
        }
    }

    /// <summary>Stops and deletes the clusters of dead processes. Clusters that cannot be deleted, such as another user's, stay.</summary>
    public async Task DeleteLeftOvers(CancellationToken cancellationToken)
    {
        foreach (var location in Directory.GetDirectories(root, Prefix + "*"))
        {
            try
            {
                using var data = DataDirectory.TryAcquire(location, FileMode.Open);
                if (data is not null)
                {
                    await StopServer(data, cancellationToken);
                    Delete(data);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or EmbeddedPostgresException)
            {
                logger.LogDebug("{Directory} is left alone: {Reason}", location, e.Message);
            }
        }
    }

    /// <summary>Deletes a locked directory, then releases the lock.</summary>
    public void Delete(DataDirectory data)
    {
        if (OperatingSystem.IsWindows())
        {
            // Windows cannot delete an open file. Elsewhere the lock is kept, so that nobody else uses a directory that is being deleted.
            data.Dispose();
        }

        using (data)
        {
            try
            {
                Directory.Delete(data.Location, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.LogWarning("{Directory} cannot be deleted: {Reason}", data.Location, e.Message);
            }
        }
    }

    private async Task StopServer(DataDirectory data, CancellationToken cancellationToken)
    {
        if (data.MajorVersion is not null)
        {
            var binaries = await ServerBinaries.Find(BinaryLocations.Default, data, cancellationToken);
            var account = await ServerAccount.For(data, cancellationToken);
            await new PostgresServer(data, binaries, account, durable: false, logger).StopLeftOver();
        }
    }
}
