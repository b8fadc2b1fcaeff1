using System.Diagnostics;
using System.Globalization;
using Attachments.CrashTests.Load;

namespace Attachments.CrashTests;

/// <summary>A dump of the database is a backup of all that is stored: files, and what is known of them.</summary>
public sealed class BackupTests
{
    private const int Homes = 4;
    private const int Seed = 1;

    /// <summary>Beside the dump, so that it falls into the middle of writes.</summary>
    private const int BusyConnections = 16;
    private const long BusyBytes = 5 << 20;

    /// <summary>Of all ways by which files come in: nothing, in one transaction, in pieces, in parts.</summary>
    private static readonly int[] Lengths = [0, 1_000, 300_000, 9_000_000];

    private string dump = null!;

    [SetUp]
    public void NameDump() => dump = Path.Combine(Path.GetTempPath(), $"attachments-{Guid.NewGuid():N}.dump");

    [TearDown]
    public void DeleteDump() => File.Delete(dump);

    [Test]
    public Task Restores_whatever_was_acknowledged_before_the_dump_was_begun() =>
        Restores([], [], copyBytes: () => Task.CompletedTask);

    [Test]
    public async Task Restores_it_with_a_bucket_that_was_copied_after_the_dump()
    {
        if (!TestBucket.IsAvailable)
        {
            Assert.Ignore(TestBucket.WhySkipped);
        }

        RequireTime();
        await using var bucket = await TestBucket.Create();
        await using var copy = await TestBucket.Create();
        await Restores(new(bucket.Settings), new(copy.Settings), () => bucket.CopyTo(copy));
    }

    [Test]
    public async Task Restores_it_with_a_directory_that_was_copied_after_the_dump()
    {
        RequireTime();
        using var files = TestDirectory.Create();
        using var copy = TestDirectory.Create();
        await Restores(new(files.Settings), new(copy.Settings), () =>
        {
            files.CopyTo(copy);
            return Task.CompletedTask;
        });
    }

    private static void RequireTime()
    {
        if (Variables.Number("ATTACHMENTS_CRASH_ROUNDS") is null)
        {
            Assert.Ignore("It takes as long as the one without another store: ATTACHMENTS_CRASH_ROUNDS runs it.");
        }
    }

    /// <param name="settings">Of the service that is dumped.</param>
    /// <param name="restoredSettings">Of the one that is restored.</param>
    /// <param name="copyBytes">Copies what is not in the database, once that has been dumped.</param>
    private async Task Restores(Dictionary<string, string> settings, Dictionary<string, string> restoredSettings, Func<Task> copyBytes)
    {
        await using var world = await World.Create(settings: settings);
        List<Kept> kept;
        var feed = new FeedReader(limit: 100);
        using (var client = await world.Start())
        {
            kept = await Store(client);
            await feed.ReadToEnd(client);
            var target = new Target(client.BaseAddress!, world.Token, new Tally());
            await new Crowd(BusyConnections, Seed, target).WorkDuring(Dump(world, target.Tally, copyBytes));
            target.Tally.Faults.ShouldBeEmpty();
        }

        await world.Stop();
        await world.UseNewDatabase("restored", restoredSettings);
        var watch = Stopwatch.StartNew();
        await (await PostgresTool.Find("pg_restore", world.Database)).Run("--dbname=restored", "--exit-on-error", dump);
        await Tell($"pg_restore of {new FileInfo(dump).Length >> 20} MiB took {watch.Elapsed.TotalSeconds:0.0} s");
        await ShouldHaveNothingForVacuum(world);

        (await world.Verb("migrate")).ShouldBe(["The schema is up to date."]);
        await world.Verb("verify");
        if (restoredSettings.Count > 0)
        {
            // What was copied with the bytes says that it belongs to the original.
            await world.Verb("adopt-store");
        }

        await ShouldServe(world, kept, feed);
        await world.ShouldLeaveNothingBehind();
    }

    /// <summary>Files of every family and of every size, which nobody touches again before the restored database is served.</summary>
    private static async Task<List<Kept>> Store(HttpClient client)
    {
        var random = new Random(Seed);
        var kept = new List<Kept>();
        foreach (var home in Enumerable.Range(1000, Homes).Select(Home.For))
        {
            (await home.Prepare(client)).ShouldBeTrue();
            foreach (var (place, length) in Lengths.Index())
            {
                kept.Add(await Kept.Store(client, home, place, LoadFile.Create(random, length, length)));
            }
        }

        return kept;
    }

    private async Task Dump(World world, Tally tally, Func<Task> copyBytes)
    {
        await Eventually.Holds(() => Task.FromResult(tally.Uploaded > BusyBytes), "files are being stored");
        var before = tally.Uploaded;
        var watch = Stopwatch.StartNew();
        await (await PostgresTool.Find("pg_dump", world.Database)).Run("--format=custom", "--compress=0", $"--file={dump}");
        await copyBytes();
        tally.Uploaded.ShouldBeGreaterThan(before, "files were stored while the dump was made");
        await Tell($"the backup took {watch.Elapsed.TotalSeconds:0.0} s, while {tally.Uploaded - before} bytes were stored");
    }

    /// <summary>The program that deletes large objects which no column names would delete none.</summary>
    private static async Task ShouldHaveNothingForVacuum(World world)
    {
        var vacuum = await PostgresTool.Find("vacuumlo", world.Database);
        if (vacuum.IsInstalled)
        {
            (await vacuum.Run("--dry-run", "--verbose", "restored")).ShouldContain("Would remove 0 large objects");
        }
        else
        {
            await Tell($"{vacuum.Path} is not there");
        }
    }

    private static async Task ShouldServe(World world, List<Kept> kept, FeedReader feed)
    {
        var random = new Random(Seed + 1);
        using (var client = await world.Start())
        {
            foreach (var file in kept)
            {
                await file.ShouldBeThere(client);
                var (small, large) = (LoadFile.Create(random, 0, 1_000), LoadFile.Create(random, 500_000, 2_000_000));
                await (await Kept.Store(client, file.Home, file.Place, random.Next(2) == 0 ? small : large)).ShouldBeThere(client);
            }

            await ShouldGoOn(world, feed, client);
        }

        await world.Stop();
    }

    /// <summary>By the cursor from before the dump.</summary>
    private static async Task ShouldGoOn(World world, FeedReader feed, HttpClient client)
    {
        await Eventually.Holds(
            () => Sql.Scalar<bool>(world.Database, "SELECT NOT EXISTS (SELECT FROM changes WHERE position IS NULL)"), "every change has its position");
        var before = feed.Changes.Count;
        before.ShouldBePositive();
        await feed.ReadToEnd(client);
        feed.Changes.Count.ShouldBeGreaterThan(before);
        var ids = feed.Changes.Select(change => change.GetProperty("id").GetGuid()).ToList();
        ids.ShouldBe((await Sql.Scalar<Guid[]>(world.Database, "SELECT array_agg(id ORDER BY position) FROM changes")));
    }

    private static Task Tell(FormattableString what) => TestContext.Out.WriteLineAsync(what.ToString(CultureInfo.InvariantCulture));

    /// <summary>A file that was acknowledged.</summary>
    private sealed record Kept(Home Home, int Place, LoadFile File, string Path)
    {
        public static async Task<Kept> Store(HttpClient client, Home home, int place, LoadFile file)
        {
            var path = (await home.Put(client, place, file.Content(chunked: false))).ShouldNotBeNull();
            return new Kept(home, place, file, path);
        }

        public async Task ShouldBeThere(HttpClient client)
        {
            await using var body = await client.GetStreamAsync(Path);
            (await File.Matches(body)).ShouldBeTrue($"{Path} is not what was stored");
        }
    }
}
