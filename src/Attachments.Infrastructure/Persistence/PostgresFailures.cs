using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Attachments.Infrastructure.Persistence;

/// <summary>Translates failures of PostgreSQL and of the connection to it.</summary>
public static class PostgresFailures
{
    /// <summary>
    /// Prefixes of SQLSTATEs: connection (08), read-only after a failover (25006), idle in transaction for too long (25P03), resources such
    /// as a full disk or too many connections (53), lock timeout (55P03), statement timeout (57014), shutting down or starting up (57P),
    /// system (58).
    /// </summary>
    private static readonly string[] UnavailableClasses = ["08", "25006", "25P03", "53", "55P03", "57014", "57P", "58"];

    /// <summary>
    /// Whether another request changed the same rows first. This one has changed nothing and can be repeated. If another request gave a
    /// part a value of another kind, an update of some of its columns violates a check, before EF Core compares the token of its aggregate.
    /// </summary>
    public static bool IsConflict(Exception exception) => exception is DbUpdateConcurrencyException
        || Find<PostgresException>(exception) is
        {
            SqlState: PostgresErrorCodes.UniqueViolation
                or PostgresErrorCodes.ForeignKeyViolation
                or PostgresErrorCodes.CheckViolation
                or PostgresErrorCodes.SerializationFailure
                or PostgresErrorCodes.DeadlockDetected
        };

    /// <summary>Whether the database cannot be reached or cannot serve requests.</summary>
    /// <remarks>
    /// A cancelled request does not count, and neither do errors in the bytes of one blob. A bare socket error belongs to the client's
    /// connection: Npgsql wraps its own.
    /// </remarks>
    public static bool IsUnavailable(Exception exception)
    {
        if (exception is OperationCanceledException or BlobDamagedException)
        {
            return false;
        }

        return Find<PostgresException>(exception) is { } refused
            ? IsUnavailable(refused.SqlState)
            : Find<NpgsqlException>(exception) is not (null or NpgsqlOperationInProgressException);
    }

    /// <summary>
    /// Translates an exception for the response. An unavailable database becomes an <see cref="UnavailableException"/>, whichever part of
    /// the request used the database and however long after its handler returned.
    /// </summary>
    public static Exception Translate(Exception exception) => IsUnavailable(exception) ? Unavailable(exception) : exception;

    /// <summary>Acts, and translates the failure of a database that is unavailable.</summary>
    public static async Task<T> Translate<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception exception) when (IsUnavailable(exception))
        {
            throw Unavailable(exception);
        }
    }

    /// <summary>The application's exception for it.</summary>
    public static UnavailableException Unavailable(Exception exception) =>
        new("database_unavailable", "The database is temporarily unavailable; try again.", exception);

    /// <summary>
    /// The database has the bytes but cannot read them: a damaged page (XX), a disk error (58030), a missing file of the table (58P01).
    /// Other large objects may be readable.
    /// </summary>
    public static bool IsDataCorruption(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.IoError or PostgresErrorCodes.UndefinedFile
        || exception.SqlState.StartsWith("XX", StringComparison.Ordinal);

    /// <summary>Whether only one row or one large object fails.</summary>
    public static bool IsBlobSpecific(PostgresException exception) => IsDataCorruption(exception) || !IsUnavailable(exception);

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
