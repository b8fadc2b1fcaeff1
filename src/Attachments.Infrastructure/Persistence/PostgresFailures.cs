using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Attachments.Infrastructure.Persistence;

/// <summary>What the failures of PostgreSQL and of the way to it mean to a request.</summary>
internal static class PostgresFailures
{
    /// <summary>Another request changed the same rows first, and what this one did stands nowhere: it can be done again.</summary>
    public static bool IsConflict(Exception exception) => exception is DbUpdateConcurrencyException
        || Find<PostgresException>(exception) is
        {
            SqlState: PostgresErrorCodes.UniqueViolation
                or PostgresErrorCodes.ForeignKeyViolation
                or PostgresErrorCodes.SerializationFailure
                or PostgresErrorCodes.DeadlockDetected
        };

    /// <summary>The database cannot be reached, or cannot serve just now.</summary>
    public static bool IsUnavailable(Exception exception) =>
        Find<PostgresException>(exception) is { } refused
            ? IsUnavailable(refused.SqlState)
            : Find<NpgsqlException>(exception) is not null
                || Find<SocketException>(exception) is not null
                || Find<TimeoutException>(exception) is not null;

    // Classes 08 (connection), 53 (resources: disk full, too many connections), 57P (shutting down, starting up) and 58 (system).
    private static bool IsUnavailable(string sqlState) =>
        sqlState.StartsWith("08", StringComparison.Ordinal)
            || sqlState.StartsWith("53", StringComparison.Ordinal)
            || sqlState.StartsWith("57P", StringComparison.Ordinal)
            || sqlState.StartsWith("58", StringComparison.Ordinal);

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
