namespace Attachments.Application.Webhooks;

/// <summary>When a delivery is tried again, as Standard Webhooks recommends.</summary>
public static class RetrySchedule
{
    /// <summary>The longest wait that a receiver can ask for by <c>Retry-After</c>.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(24);

    private const double Spread = 0.1;

    /// <summary>The waits after each failed try but the last.</summary>
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(14),
        TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    /// <summary>How long to wait for the next try; null: there is none.</summary>
    /// <param name="attempts">The tries made, all of which have failed: at least 1.</param>
    /// <param name="retryAfter">What the receiver asked for. It only makes the wait longer, so that it cannot use up the tries.</param>
    /// <param name="random">From 0 to 1: spreads those that failed together.</param>
    public static TimeSpan? GetWait(int attempts, TimeSpan? retryAfter, double random)
    {
        if (attempts > Waits.Length)
        {
            return null;
        }

        var wait = Waits[attempts - 1] * (1 - Spread + (2 * Spread * random));
        var asked = retryAfter < MaxRetryAfter ? retryAfter : retryAfter is null ? null : MaxRetryAfter;
        return asked > wait ? asked : wait;
    }
}
