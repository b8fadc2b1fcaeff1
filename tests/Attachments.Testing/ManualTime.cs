namespace Attachments.Testing;

/// <summary>
/// A clock that stands still until it is moved. What is measured goes on, and is moved forward with it. Timers are the system's, but for
/// their period where one is given.
/// </summary>
public sealed class ManualTime(DateTimeOffset start, TimeSpan? tick = null) : TimeProvider
{
    private DateTimeOffset now = start;
    private TimeSpan moved;
    private int readings;

    /// <summary>How often it has been asked for the time.</summary>
    public int Readings => readings;

    public override DateTimeOffset GetUtcNow()
    {
        Interlocked.Increment(ref readings);
        return now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, tick ?? dueTime, tick ?? period);

    public override long GetTimestamp() => base.GetTimestamp() + (long)(moved.TotalSeconds * TimestampFrequency);

    public void Advance(TimeSpan by)
    {
        now += by;
        moved += by > TimeSpan.Zero ? by : TimeSpan.Zero;
    }
}
