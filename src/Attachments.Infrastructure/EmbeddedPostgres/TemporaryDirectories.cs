using Microsoft.Extensions.Logging;

namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>
/// The data directories of throw-away clusters, below <paramref name="root"/>. One that nobody holds the lock of belonged to a
/// process that has died.
/// </summary>
internal sealed class TemporaryDirectories(string root, ILogger logger)
{
    private const string Prefix = "attachments-postgres-";

    /// <summary>
    /// A new data directory. Whoever cleans up at this moment may take it for a left-over before it is held: then another is made.
    /// </summary>
    public DataDirectory Take()
    {
        while (true)
        {
            var location = Path.Combine(root, Prefix + Guid.NewGuid().ToString("N"));
            DataDirectory.Create(location);
            if (DataDirectory.TryTake(location, FileMode.OpenOrCreate) is { } data)
            {
                return data;
            }
        }
    }

    /// <summary>Stops and deletes what processes that have died left. What cannot be deleted, as another user's, stays.</summary>
    public async Task DeleteLeftOvers(CancellationToken cancellationToken)
    {
        foreach (var location in Directory.GetDirectories(root, Prefix + "*"))
        {
            try
            {
                using var data = DataDirectory.TryTake(location, FileMode.Open);
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

    /// <summary>Deletes a directory that is held, and then lets go of it.</summary>
    public void Delete(DataDirectory data)
    {
        if (OperatingSystem.IsWindows())
        {
            // There an open file cannot be deleted; elsewhere nobody else must get hold of a directory that is about to go.
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
            var binaries = await ServerBinaries.Find(BinarySearch.Usual, data, cancellationToken);
            var account = await ServerAccount.For(data, cancellationToken);
            await new PostgresServer(data, binaries, account, durable: false, logger).StopLeftOver();
        }
    }
}
