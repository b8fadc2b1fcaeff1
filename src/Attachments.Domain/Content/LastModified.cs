namespace Attachments.Domain.Content;

/// <summary>
/// The dates by which HTTP tells versions apart. They have whole seconds, so two versions of one thing must not lie in the same
/// (RFC 9110, section 8.8.2.2).
/// </summary>
internal static class LastModified
{
    /// <summary>
    /// How far ahead of the clock a date may be. Replicas' clocks may differ by this; a date still further ahead was given by a clock that
    /// was wrong, and is not gone on from.
    /// </summary>
    private static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(1);

    /// <summary>
    /// <paramref name="now"/>, or where that is too early the first moment of a later second than <paramref name="previous"/>.
    /// </summary>
    public static DateTimeOffset After(DateTimeOffset previous, DateTimeOffset now)
    {
        var next = NextSecond(previous);
        if (next <= now)
        {
            return now;
        }

        return next - now <= MaxAhead ? next : NextSecond(now);
    }

    /// <summary>The later of two dates that may be missing.</summary>
    public static DateTimeOffset? Latest(DateTimeOffset? one, DateTimeOffset? other) => one > other || other is null ? one : other;

    private static DateTimeOffset NextSecond(DateTimeOffset time) =>
        time.AddTicks(TimeSpan.TicksPerSecond - (time.Ticks % TimeSpan.TicksPerSecond));
}
