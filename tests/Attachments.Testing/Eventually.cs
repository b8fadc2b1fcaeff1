using System.Diagnostics;

namespace Attachments.Testing;

/// <summary>Waits for what another process does in its own time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task Holds(Func<Task<bool>> condition, string what)
    {
        for (var watch = Stopwatch.StartNew(); !await condition();)
        {
            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"Still not true after {Patience}: {what}");
            }

            await Task.Delay(Interval);
        }
    }
}
