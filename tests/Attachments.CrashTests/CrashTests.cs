using System.Diagnostics;
using System.Globalization;
using Attachments.Application.Settings;

namespace Attachments.CrashTests;

/// <summary>
/// Clients of every family change things at random while the service, PostgreSQL or what is between them fails. After each failure,
/// everything acknowledged must be there to the byte, and everything else whole or not at all; and the change feed, which is followed all
/// the while, must say the same.
/// </summary>
public sealed class CrashTests
{
    private const int ActorsOfEachKind = 2;

    /// <summary>How many writes a round may acknowledge before the fault falls; anything between none and this.</summary>
    private const int MostBeforeFault = 150;

    /// <summary>The same while something is amiss, and once it is well again.</summary>
    private const int MostAfterFault = 40;

    /// <summary>Between two looks at everything, not only at what the round has touched.</summary>
    private const int RoundsBetweenFullChecks = 10;

    private static readonly int? Rounds = Variables.Number("ATTACHMENTS_CRASH_ROUNDS");
    private static readonly int Seed = Variables.Number("ATTACHMENTS_CRASH_SEED", 1);

    [Test]
    public Task Loses_nothing_acknowledged_and_keeps_nothing_half_done() =>
        Play(Rounds ?? 3, replicas: 1, [Fault.ServiceKilled, Fault.BackendKilled, Fault.DatabaseStopped, Fault.ConnectionsCut]);

    [Test]
    public Task Loses_nothing_of_files_in_a_directory() =>
        Play(Rounds ?? 1, replicas: 1, [Fault.ServiceKilled, Fault.DatabaseStopped, Fault.BackendKilled], StorageProvider.Directory);

    [Test]
    public async Task Loses_nothing_of_several_replicas()
    {
        if (!LoadBalancer.IsAvailable && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(LoadBalancer.WhySkipped);
        }

        if (!LoadBalancer.IsAvailable)
        {
            Assert.Ignore(LoadBalancer.WhySkipped);
        }

        await Play(
            Rounds ?? 1,
            replicas: 3,
            [Fault.ReplicaRestarted, Fault.ServiceKilled, Fault.ServiceKilled, Fault.ReplicaRestarted,
                Fault.BackendKilled, Fault.DatabaseStopped, Fault.ConnectionsCut]);
    }

    /// <param name="rounds">How many.</param>
    /// <param name="replicas">How many processes the service is.</param>
    /// <param name="inTurn">What goes wrong in them, so that a few rounds have all of it.</param>
    /// <param name="store">Where the files are.</param>
    private static async Task Play(int rounds, int replicas, Fault[] inTurn, StorageProvider? store = null)
    {
        await using var world = await World.Create(replicas: replicas, store: store);
        var actors = Enumerable.Range(1, ActorsOfEachKind)
            .SelectMany(i => (Actor[])[new SessionActor(i), new RecordActor(i), new OwnedActor(i), new SetActor(i)])
            .ToList();
        actors.ForEach(actor => actor.IsBehindLoadBalancer = replicas > 1);
        var (follower, reader) = (new FeedReader(limit: 1000), new FeedReader(limit: 10));
        var (inDoubt, watch) = (0, Stopwatch.StartNew());
        var faults = new Dictionary<Fault, int>();
        HttpClient? client = null;
        for (var round = 1; round <= rounds; round++)
        {
            var random = new Random(unchecked((Seed * 1_000_003) + round));
            var fault = inTurn[(Seed + round - 2) % inTurn.Length];
            var where = $"seed {Seed}, round {round}, {fault}";
            faults[fault] = faults.GetValueOrDefault(fault) + 1;
            client ??= await world.Start();
            using (var stop = new CancellationTokenSource())
            {
                var following = follower.Follow(client, stop.Token);
                (await Disturb(world, client, actors, fault, random)).ShouldBeEmpty(where);
                await stop.CancelAsync();
                await following;
            }

            inDoubt += actors.Count(actor => actor.InDoubt is not null);
            await Stop();
            client = await world.Start();
            var everything = round % RoundsBetweenFullChecks == 0 || round == rounds;
            await CheckAll(client, actors, everything, where);
            (await FeedCheck.Inspect(client, world, follower, reader, actors, mayRepeat: replicas > 1)).ShouldBeEmpty(where);
            if (everything)
            {
                await Stop();
                await world.ShouldLeaveNothingBehind(where);
                await TestContext.Progress.WriteLineAsync($"{where}: nothing lost so far.");
            }
        }

        await TestContext.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {Seed}: {rounds} rounds in {watch.Elapsed:hh\\:mm\\:ss} "
            + $"({string.Join(", ", faults.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"))}), "
            + $"{actors.Sum(actor => actor.Acknowledged)} writes acknowledged, {inDoubt} left in doubt, "
            + $"{actors.Sum(actor => actor.Slots.Count)} things checked, {reader.Changes.Count} changes in the feed"));

        async Task Stop()
        {
            await world.Stop();
            client?.Dispose();
            client = null;
        }
    }

    /// <summary>Lets the actors work, and the fault fall among them.</summary>
    private static async Task<IReadOnlyList<string>> Disturb(World world, HttpClient client, List<Actor> actors, Fault fault, Random random)
    {
        using var stop = new CancellationTokenSource();
        var seeds = actors.Select(_ => random.Next()).ToList();
        var running = actors.Zip(seeds, (actor, seed) => Task.Run(() => actor.Run(client, new Random(seed), fault, stop.Token))).ToList();
        await SoMuchIsDone(actors, random.Next(MostBeforeFault), running);
        await world.Inflict(fault, random);
        await SoMuchIsDone(actors, random.Next(MostAfterFault), running);
        await world.Recover();
        await SoMuchIsDone(actors, random.Next(MostAfterFault), running);
        await stop.CancelAsync();
        return [.. (await Task.WhenAll(running)).SelectMany(found => found)];
    }

    /// <summary>Waits for so many more acknowledged writes, unless the actors have come to a stop before.</summary>
    private static async Task SoMuchIsDone(List<Actor> actors, int writes, IReadOnlyCollection<Task> running)
    {
        var acknowledged = actors.Sum(actor => actor.Acknowledged) + writes;
        while (actors.Sum(actor => actor.Acknowledged) < acknowledged && running.Any(actor => !actor.IsCompleted))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    private static async Task CheckAll(HttpClient client, List<Actor> actors, bool everything, string where)
    {
        var wrong = new List<string>();
        foreach (var actor in actors)
        {
            wrong.AddRange(await actor.Check(client, everything));
        }

        wrong.ShouldBeEmpty(where);
    }
}
