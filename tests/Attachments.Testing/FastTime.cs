namespace Attachments.Testing;

/// <summary>
/// A clock that runs so many times as fast as the system's, with its timers. It begins an hour late, since tokens that are signed by it are
/// checked by the clock of the system too.
/// </summary>
public sealed class FastTime(int factor) : TimeProvider
{
    private readonly DateTimeOffset start = System.GetUtcNow() - TimeSpan.FromHours(1);
    private readonly long started = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + (System.GetElapsedTime(started) * factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Scale(dueTime), Scale(period));

    private TimeSpan Scale(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / factor;
}
