using Npgsql;

namespace Attachments.Infrastructure.Persistence;

/// <summary>
/// How long the database lets statements take. A role, a database or a connection string may have limited it; transactions as such are
/// limited by PostgreSQL 17 and later. Npgsql's own limit is each command's.
/// </summary>
internal static class StatementTimeout
{
    /// <summary>Lifts the limits until the end of the open transaction.</summary>
    public const string LiftForTransaction =
        """
        SELECT set_config('statement_timeout', '0', TRUE),
            CASE WHEN current_setting('transaction_timeout', TRUE) IS NOT NULL THEN set_config('transaction_timeout', '0', TRUE) END
        """;

    private const string LiftForSession =
        """
        SELECT set_config('statement_timeout', '0', FALSE),
            CASE WHEN current_setting('transaction_timeout', TRUE) IS NOT NULL THEN set_config('transaction_timeout', '0', FALSE) END
        """;

    // Of the limits, those that are not known are not set either.
    private const string RestoreForSession =
        "SELECT set_config(name, reset_val, FALSE) FROM pg_settings WHERE name IN ('statement_timeout', 'transaction_timeout')";

    /// <summary>Lifts the limits until the end of the transaction that is open on a connection.</summary>
    public static Task Lift(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        Execute(LiftForTransaction, connection, cancellationToken);

    /// <summary>Lifts the limits of a connection until they are <see cref="Restore">restored</see>.</summary>
    public static Task LiftUntilRestored(NpgsqlConnection session, CancellationToken cancellationToken) =>
        Execute(LiftForSession, session, cancellationToken);

    /// <summary>Gives a connection the limits that it began with.</summary>
    public static Task Restore(NpgsqlConnection session) => Execute(RestoreForSession, session, CancellationToken.None);

    private static async Task Execute(string statement, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
