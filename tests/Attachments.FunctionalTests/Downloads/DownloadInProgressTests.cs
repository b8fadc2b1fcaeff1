using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Downloads;

/// <summary>A download that has begun ends whole with the bytes that it began with, whatever happens to its file.</summary>
[TestFixture]
internal sealed class DownloadInProgressTests
{
    // More than the buffers of the sockets take, so that most of it has yet to be read from the store when its file goes away.
    private static readonly byte[] Content = Files.Make(16 << 20);

    private static IEnumerable<TestCaseData> Writes() =>
        from family in ContentFamily.All
        from write in family.Writes
        where write.Fate != Fate.Stays
        select new TestCaseData(family, write);

    private RunningService patient = null!;

    [OneTimeSetUp]
    public async Task Start() => patient = await TestBed.StartService("--Storage:ReclaimAfter=00:10:00");

    [OneTimeTearDown]
    public async Task Stop() => await patient.DisposeAsync();

    [TestCaseSource(nameof(Writes))]
    public async Task Survives_its_file(ContentFamily family, ContentWrite write)
    {
        await using var download = await SlowDownload.Begin(patient, family);
        await download.Change(write);
        (await patient.Sweep()).Released.Blobs.ShouldBe(0);
        await download.ShouldEndWhole();
    }

    /// <summary>Reading renews the blob each third of the time that it would have left, so it lives on well past that time.</summary>
    [Test]
    public async Task Survives_sweeps_for_longer_than_bytes_outlive_their_file()
    {
        var reclaimAfter = TimeSpan.FromSeconds(6);
        await using var service = await TestBed.StartService($"--Storage:ReclaimAfter={reclaimAfter}");
        var downloads = new List<SlowDownload>();
        foreach (var family in ContentFamily.All)
        {
            var download = await SlowDownload.Begin(service, family);
            downloads.Add(download);
            await download.Change(family.Writes.First(write => write.Fate == Fate.IsGone));
        }

        var deadline = DateTimeOffset.UtcNow + reclaimAfter + TimeSpan.FromSeconds(2);
        while (DateTimeOffset.UtcNow < deadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            (await service.Sweep()).Released.Blobs.ShouldBe(0);
        }

        foreach (var download in downloads)
        {
            await download.ShouldEndWhole();
            await download.DisposeAsync();
        }

        await service.ShouldKeepOnlyWhatIsReferredTo();
        (await service.CountBlobs()).ShouldBe(0);
    }

    /// <summary>A client that takes the first bytes of a large file, and the rest when it is asked to.</summary>
    private sealed class SlowDownload(RunningService service, RawConnection connection, KeptFile file, byte[] start) : IAsyncDisposable
    {
        public static async Task<SlowDownload> Begin(RunningService service, ContentFamily family)
        {
            var file = await family.Store(service, Content);
            var connection = await service.Connect(receiveBuffer: 8 << 10);
            await connection.Send(service.RequestHead("GET", file.Target));
            (await connection.ReadHead()).Status.ShouldBe(200);
            return new SlowDownload(service, connection, file, await connection.Read(1000));
        }

        public async Task Change(ContentWrite write)
        {
            var answer = await write.Send(service, file, Files.Make(Files.Small, 2));
            answer.Status.ShouldBeInRange(200, 299, answer.Text);
        }

        public async Task ShouldEndWhole()
        {
            byte[] received = [.. start, .. await connection.Read(Content.Length - start.Length)];
            received.Md5().ShouldBe(Content.Md5());
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
