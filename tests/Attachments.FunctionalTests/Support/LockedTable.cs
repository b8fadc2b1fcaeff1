using Attachments.Testing;
using Npgsql;

namespace Attachments.FunctionalTests.Support;

/// <summary>
/// A table that nobody can read until this is disposed of, so that whoever reads it waits, and can lose the connection there.
/// </summary>
internal sealed class LockedTable : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnection holder;
    private readonly NpgsqlTransaction transaction;

    private LockedTable(NpgsqlDataSource source, NpgsqlConnection holder, NpgsqlTransaction transaction)
    {
        this.source = source;
        this.holder = holder;
        this.transaction = transaction;
    }

    public static async Task<LockedTable> Lock(string connectionString, string table)
    {
        var source = NpgsqlDataSource.Create(connectionString);
        var holder = await source.OpenConnectionAsync();
        var transaction = await holder.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", holder, transaction);
        await command.ExecuteNonQueryAsync();
        return new LockedTable(source, holder, transaction);
    }

    /// <summary>Ends the connections that wait for the table, once there is one.</summary>
    /// <param name="statement">What they were asked, as a pattern of LIKE.</param>
    public async Task EndWaiting(string statement)
    {
        await using var end = source.CreateCommand(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1
            """);
        end.Parameters.Add(new NpgsqlParameter<string> { TypedValue = statement });
        await Eventually.Holds(async () => (long)(await end.ExecuteScalarAsync())! > 0, "a statement waits for the table");
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await holder.DisposeAsync();
        await source.DisposeAsync();
    }
}
