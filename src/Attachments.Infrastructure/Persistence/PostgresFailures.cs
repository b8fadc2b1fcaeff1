using Attachments.Application.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Attachments.Infrastructure.Persistence;

/// <summary>What the failures of PostgreSQL and of the way to it mean to a request.</summary>
public static class PostgresFailures
{
    /// <summary>
    /// How the SQLSTATEs begin: connection (08), read-only after a failover (25006), idle in transaction for too long (25P03), resources,
    /// as of a full disk or too many connections (53), a lock not had in time (55P03), a statement timed out (57014), shutting down or
    /// starting up (57P), system (58).
    /// </summary>
    private static readonly string[] UnavailableClasses = ["08", "25006", "25P03", "53", "55P03", "57014", "57P", "58"];

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
    /// <remarks>
    /// A request that was cancelled is neither. Nor is a socket's failure by itself, which is the client's: Npgsql wraps its own.
    /// </remarks>
    public static bool IsUnavailable(Exception exception)
    {
        if (exception is OperationCanceledException)
        {
            return false;
        }

        return Find<PostgresException>(exception) is { } refused
            ? IsUnavailable(refused.SqlState)
            : Find<NpgsqlException>(exception) is not (null or NpgsqlOperationInProgressException);
    }

    /// <summary>
    /// An exception as a request is to be answered: a database that cannot be reached is an <see cref="UnavailableException"/>, whichever part
    /// of the request asked it and however long after its handler returned.
    /// </summary>
    public static Exception Translate(Exception exception) => IsUnavailable(exception) ? Unavailable(exception) : exception;

    /// <summary>The application's word for it.</summary>
    public static UnavailableException Unavailable(Exception exception) =>
        new("database_unavailable", "The database is temporarily unavailable; try again.", exception);

    /// <summary>The database has the bytes, and cannot read them.</summary>
    public static bool IsDamage(PostgresException exception) => exception.SqlState.StartsWith("XX", StringComparison.Ordinal);

    private static bool IsUnavailable(string sqlState) =>
        UnavailableClasses.Any(start => sqlState.StartsWith(start, StringComparison.Ordinal));

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
