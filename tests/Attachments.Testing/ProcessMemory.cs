using System.Globalization;

namespace Attachments.Testing;

/// <summary>What Linux says of the memory of a process (proc_pid_status(5)).</summary>
public sealed class ProcessMemory(int processId)
{
    private const int SteadySamples = 8;
    private const long SteadyBytes = 1L << 20;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public long Resident => Read("VmRSS:");

    /// <summary>The most that was resident since <see cref="ForgetPeak"/>.</summary>
    public long Peak => Read("VmHWM:");

    public void ForgetPeak() => File.WriteAllText($"/proc/{processId}/clear_refs", "5");

    /// <summary>What is resident once that has stopped changing.</summary>
    public async Task<long> Idle()
    {
        var samples = new Queue<long>();
        await Eventually.Holds(
            async () =>
            {
                await Task.Delay(Interval);
                samples.Enqueue(Resident);
                return samples.Count > SteadySamples && samples.Dequeue() is var _ && samples.Max() - samples.Min() < SteadyBytes;
            },
            "The service's memory does not come to rest.");
        return samples.Last();
    }

    private long Read(string field)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(text => text.StartsWith(field, StringComparison.Ordinal));
        var kibibytes = line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.Parse(kibibytes, CultureInfo.InvariantCulture) << 10;
    }
}
