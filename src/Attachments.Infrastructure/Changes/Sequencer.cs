using Attachments.Application.Changes;
using Npgsql;

namespace Attachments.Infrastructure.Changes;

/// <summary>
/// Gives committed changes their positions in the feed. One replica at a time does it, whichever is first: the lock ends with each
/// transaction, so that it needs no session of its own. A change that is numbered was committed, and so was everything before it; a
/// position never appears before a smaller one.
/// </summary>
public sealed class Sequencer(NpgsqlDataSource dataSource, FeedSignal signal, FeedMetrics metrics, TimeProvider time)
{
    // The key of the advisory lock. Any number that nobody else uses.
    private const long LockKey = 0x6174_6368_6665_6564;

    private const int MaxBatch = 1000;

    /// <summary>Numbers what is committed, and tells those who wait how far the feed is now.</summary>
    /// <returns>How many changes this call has numbered.</returns>
    public async Task<int> Number(CancellationToken cancellationToken)
    {
        var (last, waiting) = await Look(cancellationToken);
        signal.Report(last);
        metrics.RecordUnnumberedAge(waiting is { } since ? Max(time.GetUtcNow() - since, TimeSpan.Zero) : TimeSpan.Zero);
        if (waiting is null)
        {
            return 0;
        }

        var total = 0;
        int numbered;
        do
        {
            numbered = await NumberBatch(cancellationToken);
            total += numbered;
        }
        while (numbered == MaxBatch);

        metrics.RecordNumbered(total);
        signal.Report((await Look(cancellationToken)).Last);
        return total;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private async Task<(long Last, DateTimeOffset? Waiting)> Look(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT last_position, (SELECT occurred_at FROM changes WHERE position IS NULL ORDER BY ordinal LIMIT 1) FROM feed
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken)
            ? null
            : await reader.GetFieldValueAsync<DateTimeOffset>(1, cancellationToken));
    }

    /// <summary>The second statement sees what the previous holder of the lock has committed, since it begins after the first.</summary>
    private async Task<int> NumberBatch(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var take = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection, transaction)
        {
            Parameters = { new NpgsqlParameter { Value = LockKey } },
        };
        if (!(bool)(await take.ExecuteScalarAsync(cancellationToken))!)
        {
            return 0;
        }

        await using var number = new NpgsqlCommand(
            """
            WITH batch AS MATERIALIZED (
                SELECT ordinal, row_number() OVER (ORDER BY ordinal) AS place
                FROM (SELECT ordinal FROM changes WHERE position IS NULL ORDER BY ordinal LIMIT $1) AS due),
            counted AS (SELECT count(*) AS number FROM batch),
            moved AS (UPDATE feed SET last_position = last_position + number FROM counted RETURNING last_position - number AS before)
            UPDATE changes SET position = before + place, numbered_at = $2
            FROM batch, moved WHERE changes.ordinal = batch.ordinal
            """,
            connection,
            transaction)
        {
            Parameters =
            {
                new NpgsqlParameter { Value = MaxBatch },
                new NpgsqlParameter { Value = time.GetUtcNow() },
            },
        };
        var numbered = await number.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return numbered;
    }
}
