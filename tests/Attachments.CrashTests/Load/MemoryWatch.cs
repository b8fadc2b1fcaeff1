namespace Attachments.CrashTests.Load;

/// <summary>Samples how much memory a process has.</summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ProcessMemory memory;
    private readonly List<long> samples = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Task watching;

    public MemoryWatch(int processId)
    {
        memory = new ProcessMemory(processId);
        memory.ForgetPeak();
        watching = Watch();
    }

    /// <summary>In bytes, the most at any moment, whether it was sampled or not.</summary>
    public long Peak { get; private set; }

    /// <summary>In bytes, the median of the second of three parts of the time; before that much is compiled and cached.</summary>
    public long Middle => MedianOfThird(1);

    /// <summary>In bytes, the median of the last of three parts of the time.</summary>
    public long Last => MedianOfThird(2);

    public async Task Stop()
    {
        await stopping.CancelAsync();
        await watching;
        Peak = memory.Peak;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        stopping.Dispose();
    }

    private long MedianOfThird(int third)
    {
        var part = samples.Skip(samples.Count * third / 3).Take(samples.Count / 3).Order().ToList();
        return part[part.Count / 2];
    }

    private async Task Watch()
    {
        while (!stopping.IsCancellationRequested)
        {
            samples.Add(memory.Resident);
            await Task.Delay(Interval, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
