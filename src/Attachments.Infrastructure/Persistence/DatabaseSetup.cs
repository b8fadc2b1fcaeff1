using System.Diagnostics;
using Attachments.Application.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Attachments.Infrastructure.Persistence;

/// <summary>Checks the database before the service serves: it can be reached, and its schema is up to date.</summary>
public sealed class DatabaseSetup(
    AttachmentsDbContext context, NpgsqlDataSource dataSource, IOptions<DatabaseOptions> options, TimeProvider time)
{
    // The key of an advisory lock that makes replicas migrate one after another. Any number that nobody else uses.
    private const long MigrationLock = 0x4174_7461_6368_0001;

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until the database answers, for as long as <see cref="DatabaseOptions.StartTimeout"/>.</summary>
    /// <exception cref="ConfigurationException">
    /// It does not, it refuses the credentials, or it does not hold text as UTF-8, without which names are cut in the middle of a
    /// character; or a pooler gives each transaction another session, and statements would be prepared in one and run in another.
    /// </exception>
    public async Task WaitUntilReachable(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await RequireUtf8(cancellationToken);
                await RequireNoPreparedStatementsIfPooled(cancellationToken);
                return;
            }
            catch (Exception exception) when (PostgresFailures.IsUnavailable(exception))
            {
                if (Stopwatch.GetElapsedTime(started) >= options.Value.StartTimeout)
                {
                    var reason = exception.GetBaseException().Message;
                    throw new ConfigurationException(
                        $"The database at {Address} could not be reached within {options.Value.StartTimeout}: {reason}");
                }

                await Task.Delay(BetweenAttempts, time, cancellationToken);
            }
            catch (PostgresException exception)
            {
                throw new ConfigurationException($"The database at {Address} refuses the connection: {exception.MessageText}");
            }
        }
    }

    /// <summary>Brings the schema up to date. Safe while other replicas do the same.</summary>
    /// <returns>The names of the migrations applied.</returns>
    public async Task<IReadOnlyList<string>> Migrate(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var turn = await connection.BeginTransactionAsync(cancellationToken);
        await using var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", connection, turn)
        {
            CommandTimeout = 0,
            Parameters = { new NpgsqlParameter<long> { TypedValue = MigrationLock } },
        };
        await take.ExecuteNonQueryAsync(cancellationToken);
        var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();

        // Checking first is faster than migrating, and most starts have nothing to migrate.
        if (pending.Count > 0)
        {
            await context.Database.MigrateAsync(cancellationToken);
        }

        return pending;
    }

    /// <summary>Throws if the schema lacks a migration.</summary>
    /// <exception cref="ConfigurationException">A migration is missing.</exception>
    public async Task RequireMigrated(CancellationToken cancellationToken)
    {
        var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
        if (pending > 0)
        {
            throw new ConfigurationException(
                $"The database at {Address} lacks {pending} migration(s): run the verb 'migrate', or set Database:MigrateOnStart.");
        }
    }

    /// <summary>Requires that a connection is a session of its own, for locks that are held over several transactions.</summary>
    /// <exception cref="ConfigurationException">The connection is not such a session.</exception>
    public async Task RequireOwnSession(CancellationToken cancellationToken)
    {
        if (Settings.Multiplexing || await TransactionPooling.IsUsedBy(dataSource, cancellationToken))
        {
            throw new ConfigurationException(
                $"This command holds a session lock at {Address}: connect to PostgreSQL directly, "
                + "without Multiplexing and without a pooler in transaction mode.");
        }
    }

    private async Task RequireNoPreparedStatementsIfPooled(CancellationToken cancellationToken)
    {
        // With one connection alone it cannot be told.
        if (Settings is { MaxAutoPrepare: > 0, MaxPoolSize: > 1, Multiplexing: false }
            && await TransactionPooling.IsUsedBy(dataSource, cancellationToken))
        {
            throw new ConfigurationException(
                $"The connection to {Address} uses a pooler in transaction mode (such as PgBouncer): "
                + "set Max Auto Prepare=0 in ConnectionStrings:Attachments.");
        }
    }

    private async Task RequireUtf8(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var encoding = connection.PostgresParameters["server_encoding"];
        if (encoding != "UTF8")
        {
            throw new ConfigurationException($"The database at {Address} has the encoding {encoding}; it must be UTF8.");
        }
    }

    private NpgsqlConnectionStringBuilder Settings => new(dataSource.ConnectionString);

    private string Address => $"{Settings.Host}:{Settings.Port}/{Settings.Database}";
}
