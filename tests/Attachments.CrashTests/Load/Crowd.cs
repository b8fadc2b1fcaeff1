namespace Attachments.CrashTests.Load;

/// <summary>So many clients, of all kinds, each with a connection of its own.</summary>
internal sealed class Crowd
{
    /// <summary>In hundredths of the connections; the small ones are the rest.</summary>
    private static readonly (string Kind, int Share, Func<Target, Random, int, LoadClient> Make)[] Kinds =
    [
        ("large files", 10, (target, random, number) => new LargeClient(target, random, number)),
        ("everything mixed", 10, (target, random, number) => new MixedClient(target, random, number)),
        ("slow writers", 12, (target, random, number) => new SlowWriter(target, random, number)),
        ("slow readers", 12, (target, random, number) => new SlowReader(target, random, number)),
        ("idle writers", 8, (target, random, number) => new IdleWriter(target, random, number)),
        ("idle readers", 8, (target, random, number) => new IdleReader(target, random, number)),
    ];

    private readonly List<LoadClient> clients = [];
    private readonly List<(string Kind, int Count)> counts = [];

    public Crowd(int connections, int seed, Target target)
    {
        foreach (var (kind, share, make) in Kinds)
        {
            Add(kind, connections * share / 100, number => make(target, CreateRandom(seed, number), number));
        }

        Add("small files", connections - clients.Count, number => new SmallClient(target, CreateRandom(seed, number), number));
    }

    public IReadOnlyList<(string Kind, int Count)> Counts => counts;

    /// <summary>Those that may have large files under way.</summary>
    public int Heavy => clients.Count(client => client is LargeClient or MixedClient);

    public int Light => clients.Count - Heavy;

    /// <summary>Works for as long as something else takes.</summary>
    public async Task WorkDuring(Task other)
    {
        using var stop = new CancellationTokenSource();
        var working = clients.Select(client => Task.Run(() => client.Run(stop.Token))).ToList();
        await other.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stop.CancelAsync();
        await Task.WhenAll(working);
        await other;
    }

    private void Add(string kind, int count, Func<int, LoadClient> make)
    {
        counts.Add((kind, count));
        clients.AddRange(Enumerable.Range(clients.Count, count).Select(make));
    }

    private static Random CreateRandom(int seed, int number) => new(unchecked((seed * 1_000_003) + number));
}
