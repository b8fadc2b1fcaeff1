using System.Diagnostics;
using System.Globalization;
using System.Text;
using Attachments.CrashTests.Load;

namespace Attachments.CrashTests;

/// <summary>
/// Many connections at once, of all kinds: small files and large ones, in and out, beside clients that are slow and clients that do
/// nothing. A run by hand is longer and has more of them.
/// </summary>
[Platform("Linux", Reason = "The memory of a process is read from /proc.")]
public sealed class LoadTests
{
    private const long MiB = 1 << 20;

    /// <summary>The runtime and the code, and the heap of a service that has nothing to do.</summary>
    private const long RuntimeBytes = 320 * MiB;

    /// <summary>
    /// What a connection may cost: what Kestrel reads ahead (1 MiB) and has yet to send (64 KiB), and two pieces of 256 KiB.
    /// </summary>
    private const long HeavyBytes = MiB + (64 << 10) + (2 * (256 << 10));

    /// <summary>One that has only small files under way: a piece's buffer, and what is on its way.</summary>
    private const long LightBytes = 2 * (256 << 10);

    /// <summary>What connections have cost is not given back at once: as much again may be garbage.</summary>
    private const int WithGarbage = 2;

    /// <summary>What the service takes where its connection string does not say.</summary>
    private const int MostConnections = 30;

    private static readonly int[] Percentiles = [50, 90, 99, 100];

    private static readonly int Connections = Variables.Number("ATTACHMENTS_LOAD_CONNECTIONS", 120);
    private static readonly int Seconds = Variables.Number("ATTACHMENTS_LOAD_SECONDS", 8);
    private static readonly int Seed = Variables.Number("ATTACHMENTS_LOAD_SEED", 1);

    /// <summary>So short that what slow readers read would be gone, were it not kept for them.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Storage:ReclaimAfter"] = "00:00:30",
        ["Serilog:MinimumLevel:Default"] = "Warning",
    };

    [Test]
    public async Task Serves_everyone_with_what_was_stored_in_bounded_memory_and_connections()
    {
        await using var world = await World.Create(settings: Settings);
        using var probe = await world.Start();
        var tally = new Tally();
        var crowd = new Crowd(Connections, Seed, new Target(probe.BaseAddress!, world.Token, tally));
        await using var memory = new MemoryWatch(world.ServiceId);
        await using var connections = new ConnectionCount(world.Database);
        var watch = Stopwatch.StartNew();
        await crowd.WorkDuring(Task.Delay(TimeSpan.FromSeconds(Seconds)));
        watch.Stop();
        await memory.Stop();
        await connections.Stop();

        var mostMemory = RuntimeBytes + (WithGarbage * ((crowd.Heavy * HeavyBytes) + (crowd.Light * LightBytes)));
        await TestContext.Out.WriteLineAsync(Report(crowd, tally, watch.Elapsed, memory, mostMemory, connections.Most));

        tally.Faults.ShouldBeEmpty($"seed {Seed}");
        await world.Stop();
        await world.ShouldLeaveNothingBehind();
        connections.Most.ShouldBeInRange(1, MostConnections);
        memory.Peak.ShouldBeLessThan(mostMemory);
        memory.Last.ShouldBeLessThan((memory.Middle * 5 / 4) + (32 * MiB), "memory grows");
    }

    /// <summary>In Markdown.</summary>
    private static string Report(
        Crowd crowd, Tally tally, TimeSpan time, MemoryWatch memory, long mostMemory, long connections)
    {
        var kinds = string.Join(", ", crowd.Counts.Select(kind => Format($"{kind.Count} {kind.Kind}")));
        var text = new StringBuilder()
            .AppendLine(Format($"{Connections} connections for {time.TotalSeconds:0} s, seed {Seed}, {Environment.ProcessorCount}"))
            .AppendLine(Format($"processors for the service, PostgreSQL and the clients together: {kinds}."))
            .AppendLine()
            .AppendLine("| | |")
            .AppendLine("|---|---|");
        Row("answers", Format($"{tally.Answers}, {tally.Answers / time.TotalSeconds:0} a second"));
        Row("by status", string.Join(", ", tally.AnswersByStatus.Select(answer => Format($"{answer.What}: {answer.Count}"))));
        Row("files stored", Format($"{tally.Uploaded / (double)MiB:0} MiB"));
        Row("files read and compared", Format($"{tally.Downloaded / (double)MiB:0} MiB"));
        foreach (var (what, count) in tally.Events)
        {
            Row(what, Format($"{count}"));
        }

        Row("memory, peak", Format($"{memory.Peak / MiB} MiB of {mostMemory / MiB} allowed"));
        Row("memory, second and last third", Format($"{memory.Middle / MiB} and {memory.Last / MiB} MiB"));
        Row("connections to PostgreSQL", Format($"{connections} of {MostConnections} at most"));
        text.AppendLine()
            .AppendLine("| small files, milliseconds | requests a second | p50 | p90 | p99 | most |")
            .AppendLine("|---|---|---|---|---|---|");
        foreach (var what in (string[])[SmallClient.Putting, SmallClient.Getting])
        {
            var times = tally.Latencies(what);
            var percentiles = string.Join(" | ", Percentiles.Select(percent => Format($"{At(times, percent):0}")));
            text.AppendLine(Format($"| {what} | {times.Count / time.TotalSeconds:0.0} | {percentiles} |"));
        }

        return text.ToString();

        void Row(string what, string value) => text.AppendLine($"| {what} | {value} |");
    }

    private static double At(IReadOnlyList<double> ordered, int percent) =>
        ordered.Count == 0 ? 0 : ordered[Math.Min(ordered.Count - 1, ordered.Count * percent / 100)];

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
