using Npgsql;

namespace Attachments.Infrastructure.Persistence;

/// <summary>
/// Poolers between the service and PostgreSQL that give a connection another session of the server for each transaction, as PgBouncer does
/// in transaction mode. Then nothing that lasts longer than a transaction can be relied on: prepared statements, locks, settings.
/// </summary>
internal static class TransactionPooling
{
    /// <summary>Others that use the pooler at the same time may give a connection its session back by chance, but not so often.</summary>
    private const int MaxProbes = 20;

    /// <summary>
    /// Detects such a pooler by its behaviour: two connections share a session, or a connection changes its session. The second connection
    /// stays in a transaction while the first queries again, so a pooler shows even if nobody else uses it.
    /// </summary>
    public static async Task<bool> IsUsedBy(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        try
        {
            return await DetectPooler(dataSource, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState
            is PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.DuplicatePreparedStatement)
        {
            // Npgsql prepares frequent statements. The statement is missing or exists already, so this is not the session in which it was
            // prepared.
            return true;
        }
    }

    private static async Task<bool> DetectPooler(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var first = await dataSource.OpenConnectionAsync(cancellationToken);
        var session = await GetBackendPid(first, cancellationToken);
        await using var second = await dataSource.OpenConnectionAsync(cancellationToken);

        // What a pooler says of the session when a connection is opened is seldom true; where it is, one look will do.
        var looks = first.ProcessID == session ? 1 : MaxProbes;
        for (var look = 0; look < looks; look++)
        {
            await using var transaction = await second.BeginTransactionAsync(cancellationToken);
            if (await GetBackendPid(second, cancellationToken) == session || await GetBackendPid(first, cancellationToken) != session)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<int> GetBackendPid(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
