using System.Diagnostics;

namespace Attachments.ProcessTests;

internal sealed class SlowClientTests
{
    private const int SlowClients = 50;
    private const int FastClients = 8;
    private const int FastRounds = 100;
    private const int WarmUpRounds = 10;
    private const int FastFileBytes = 20_000;

    /// <summary>Of the slow ones: those that come to their end, and those that are cut when a chunk of theirs is stored.</summary>
    private const int Finishing = 20;
    private const int CutAfterAChunk = 10;
    private const int MoreThanAChunk = 300_000;

    /// <summary>One for each fast client, one for a slow one that begins or ends (one after another), one for the sweeper.</summary>
    private const int MaxConnections = FastClients + 1 + 1;

    private const string Unreleased = "SELECT count(*) FROM blobs WHERE state = 0 AND released_at IS NULL";

    private const int BytesPerTick = 1024;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Take_nothing_from_fast_ones_while_they_upload()
    {
        var connectionString = await Service.CreateMigrated();
        var settings = ServiceSettings.Complete(connectionString);
        await using var service = await Service.Start(settings);
        await service.CreateSession("slow");
        for (var i = 0; i < FastClients; i++)
        {
            await service.CreateSession($"fast {i}");
        }

        await using var connections = new ConnectionCount(connectionString);
        await WorkFast(service, WarmUpRounds);
        var alone = await WorkFast(service, FastRounds);
        var (among, ticks) = await WorkAmongSlowOnes(service, connectionString);
        await connections.Stop();

        TestContext.Out.WriteLine(
            $"medians of {FastClients} x {FastRounds} fast requests: {alone} alone, {among} among {SlowClients} slow clients "
            + $"({ticks} ticks of 1 KiB each); connections, {connections.Samples} samples: {connections.Most} at most, "
            + $"{connections.MostInUse} in use at most");
        connections.Most.ShouldBeInRange(1, MaxConnections);

        await ExpectNothingLeft(settings, connectionString);
    }

    private static async Task<(Medians Among, int Ticks)> WorkAmongSlowOnes(Service service, string connectionString)
    {
        var uploads = new List<SlowUpload>();
        try
        {
            for (var i = 0; i < SlowClients; i++)
            {
                uploads.Add(await SlowUpload.Begin(service, "slow", $"point {i}"));
            }

            for (var i = 1; i <= CutAfterAChunk; i++)
            {
                await uploads[^i].Send(Bytes(MoreThanAChunk, i));
                await HasUnreleased(i, connectionString);
            }

            using var done = new CancellationTokenSource();
            var trickling = Trickle(uploads, done.Token);
            var times = await WorkFast(service, FastRounds);
            await done.CancelAsync();
            var ticks = await trickling;

            await FinishOrCut(uploads, connectionString);
            foreach (var upload in uploads.Take(Finishing))
            {
                (await service.Get("slow", upload.Point)).ShouldBe(upload.Sent);
            }

            return (times, ticks);
        }
        finally
        {
            uploads.ForEach(upload => upload.Dispose());
        }
    }

    /// <summary>Each sends 1 KiB a second, the last time at the first tick after it is told to stop.</summary>
    private static async Task<int> Trickle(List<SlowUpload> uploads, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Tick);
        var ticks = 0;
        do
        {
            ticks++;
            foreach (var (upload, i) in uploads.Select((upload, i) => (upload, i)))
            {
                await upload.Send(Bytes(BytesPerTick, (ticks * SlowClients) + i));
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
        while (!stop.IsCancellationRequested);

        return ticks;
    }

    private static async Task FinishOrCut(List<SlowUpload> uploads, string connectionString)
    {
        foreach (var upload in uploads.Take(Finishing))
        {
            await upload.Finish();
        }

        for (var i = 1; i <= SlowClients - Finishing; i++)
        {
            uploads[^i].Cut();
            await HasUnreleased(Math.Max(0, CutAfterAChunk - i), connectionString);
        }
    }

    private static Task HasUnreleased(long count, string connectionString) => Eventually.Holds(
        async () => await Sql.Scalar<long>(connectionString, Unreleased) == count, $"The unfinished uploads are not {count}.");

    /// <summary>What is left after a sweep: the files of the fast and those of the slow that came to their end.</summary>
    private static async Task ExpectNothingLeft(ServiceSettings settings, string connectionString)
    {
        var swept = await ServiceProcess.Run(settings, "sweep", "--Storage:ReclaimAfter=00:00:00");
        swept.ExitCode.ShouldBe(0, swept.ToString());
        TestContext.Out.WriteLine(swept.Output[0]);
        (await StorageAudit.Inspect(connectionString)).ShouldBeEmpty();
        (await StorageAudit.CountBlobs(connectionString)).ShouldBe(FastClients + Finishing);
    }

    /// <summary>The fast ones at work, all at once: each writes its file and reads it again, over and over.</summary>
    private static async Task<Medians> WorkFast(Service service, int rounds)
    {
        var times = await Task.WhenAll(Enumerable.Range(0, FastClients).Select(i => WorkFast(service, $"fast {i}", rounds, i)));
        return new Medians(Median(times.SelectMany(all => all.Puts)), Median(times.SelectMany(all => all.Gets)));
    }

    private static async Task<(List<TimeSpan> Puts, List<TimeSpan> Gets)> WorkFast(Service service, string session, int rounds, int client)
    {
        var (puts, gets) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var round = 0; round < rounds; round++)
        {
            var file = Bytes(FastFileBytes, (client * rounds) + round);
            var started = Stopwatch.GetTimestamp();
            await service.Put(session, "file", new ByteArrayContent(file));
            puts.Add(Stopwatch.GetElapsedTime(started));
            started = Stopwatch.GetTimestamp();
            var read = await service.Get(session, "file");
            gets.Add(Stopwatch.GetElapsedTime(started));
            read.AsSpan().SequenceEqual(file).ShouldBeTrue();
        }

        return (puts, gets);
    }

    private static byte[] Bytes(int count, int seed)
    {
        using var stream = new PseudoRandomStream(count, (ulong)seed);
        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        var ordered = times.Order().ToList();
        return ordered[ordered.Count / 2];
    }

    private sealed record Medians(TimeSpan Put, TimeSpan Get)
    {
        public override string ToString() => $"PUT {Put.TotalMilliseconds:0.0} ms, GET {Get.TotalMilliseconds:0.0} ms";
    }
}
