namespace Attachments.Testing;

/// <summary>A clock that stands still until it is moved. Timers are the system's, but for their period where one is given.</summary>
public sealed class ManualTime(DateTimeOffset start, TimeSpan? tick = null) : TimeProvider
{
    private DateTimeOffset now = start;
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

    public void Advance(TimeSpan by) => now += by;
}
