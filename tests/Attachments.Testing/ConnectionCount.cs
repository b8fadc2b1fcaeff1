using Npgsql;

namespace Attachments.Testing;

/// <summary>Watches how many connections the service has to its database, from a connection of its own.</summary>
public sealed class ConnectionCount : IAsyncDisposable
{
    private const string Query =
        "SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity "
        + "WHERE datname = current_database() AND application_name = 'attachments'";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource stopping = new();
    private readonly Task watching;

    public ConnectionCount(string connectionString) => watching = Watch(Sql.AsObserver(connectionString));

    /// <summary>The most that there were at a time, whether in use or waiting in the service's pool.</summary>
    public long Most { get; private set; }

    /// <summary>The most that were in use at a time.</summary>
    public long MostInUse { get; private set; }

    public int Samples { get; private set; }

    public async Task Stop()
    {
        await stopping.CancelAsync();
        await watching;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        stopping.Dispose();
    }

    private async Task Watch(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Query, connection);
        using var timer = new PeriodicTimer(Interval);
        while (!stopping.IsCancellationRequested)
        {
            await using (var reader = await command.ExecuteReaderAsync())
            {
                await reader.ReadAsync();
                Most = Math.Max(Most, reader.GetInt64(0));
                MostInUse = Math.Max(MostInUse, reader.GetInt64(1));
                Samples++;
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
