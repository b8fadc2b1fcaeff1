using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Npgsql;

namespace Attachments.Infrastructure.Sweeping;

/// <summary>
/// Checks whether the clock can be trusted for sweeping. Deletion is final, so one machine whose clock has jumped must not end everybody's
/// uploads, downloads and temporary sets. The clock must agree with the database's, which is the same for all replicas.
/// </summary>
public sealed class SweepingClock(NpgsqlDataSource dataSource, TimeProvider time)
{
    /// <summary>
    /// Far more than the difference of synchronised clocks, and small enough for the guarantees: two replicas may differ by twice this, and
    /// a download renews its lease with two thirds of <see cref="StorageOptions.ReclaimAfter"/> to spare.
    /// </summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>Returns if the clocks agree.</summary>
    /// <exception cref="UnavailableException"><c>clock_wrong</c>: the clocks differ.</exception>
    public async Task RequireInSync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT clock_timestamp()");
        var theirs = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
        var ours = time.GetUtcNow();
        if ((ours - theirs).Duration() > Tolerance)
        {
            throw new UnavailableException(
                "clock_wrong", $"Nothing is swept: the clock here says {ours:u}, the database's says {theirs:u}.");
        }
    }
}
