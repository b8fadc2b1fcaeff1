using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests;

/// <summary>
/// The service's clock jumps, by a day or by years, and back; or that of a replica beside it is wrong, and that one sweeps by it, as it
/// never should. Nothing that was acknowledged is lost, and nothing is acknowledged that is.
/// </summary>
[TestFixture]
internal sealed class JumpingClockTests
{
    private const string Uuid = "s";
    private const string Point = "p";
    private const string CountArriving = "SELECT count(*) FROM blobs WHERE state = 0 AND released_at IS NULL";
    private const int StepBytes = 16 << 10;

    private static readonly TimeSpan[] Jumps = [TimeSpan.FromDays(1), TimeSpan.FromDays(3653), TimeSpan.FromDays(-1)];
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(3);

    private static readonly byte[] Old = Files.Make(Files.Large, 1);
    private static readonly byte[] New = Files.Make(Files.Large, 2);

    private ManualTime time = null!;
    private RunningService service = null!;
    private RunningService ahead = null!;
    private Project project = null!;
    private DateTimeOffset right;

    [OneTimeSetUp]
    public async Task Start()
    {
        time = new ManualTime(DateTimeOffset.UtcNow);
        right = time.GetUtcNow();
        service = await TestBed.StartService(time);
        ahead = await RunningService.Start(service.ConnectionString, new ManualTime(right + Ahead));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await ahead.DisposeAsync();
        await service.DisposeAsync();
    }

    [SetUp]
    public async Task HaveFile()
    {
        project = Project.New(service.Admin);
        await project.HaveFile(Uuid, Point, Old);
    }

    [TearDown]
    public void SetRight() => time.Advance(right - time.GetUtcNow());

    [TestCaseSource(nameof(Jumps))]
    public async Task An_upload_in_the_middle_of_which_it_jumps_is_stored(TimeSpan jump)
    {
        await using var upload = await BeginUpload();
        time.Advance(jump);
        await upload.Send(New[(New.Length / 2)..]);
        (await upload.ReadAnswer()).Status.ShouldBe(200);
        (await project.FileIn(Uuid, Point)).ShouldBe(New);

        // By either clock it is there to stay.
        await service.Sweep();
        SetRight();
        await service.Sweep();
        (await project.FileIn(Uuid, Point)).ShouldBe(New);
        (await service.Verify()).ShouldBe(0);
    }

    [Test]
    public async Task An_upload_that_a_wrong_clock_gives_up_is_refused_and_leaves_what_was_there()
    {
        await using (var upload = await BeginUpload())
        {
            (await ahead.Sweep()).Abandoned.Blobs.ShouldBe(1);
            await upload.Send(New[(New.Length / 2)..]);
            var refused = await upload.ReadAnswer();
            refused.ShouldBeProblem(503, "upload_lost");
            refused.Field("Retry-After").ShouldNotBeNull();
        }

        (await project.FileIn(Uuid, Point)).ShouldBe(Old);
        (await project.Attach(Uuid, Point, Body.Raw(New))).ShouldSucceed();
        (await project.FileIn(Uuid, Point)).ShouldBe(New);
    }

    [Test]
    public async Task Uploads_beside_sweeps_by_a_wrong_clock_are_stored_whole_or_refused()
    {
        using var stop = new CancellationTokenSource();
        var sweeping = Task.Run(async () =>
        {
            var given = 0;
            while (!stop.IsCancellationRequested)
            {
                given += (await ahead.Sweep()).Abandoned.Blobs;
            }

            return given;
        });
        var (stored, refused) = (0, 0);
        foreach (var batch in Enumerable.Range(0, 60).Chunk(4))
        {
            var answers = await Task.WhenAll(batch.Select(i => project.Attach(Uuid, $"p{i}", Body.Raw(Files.Make(Files.Large, i)))));
            foreach (var (i, answer) in batch.Zip(answers))
            {
                if (answer.Status == 200)
                {
                    stored++;
                    (await project.FileIn(Uuid, $"p{i}")).ShouldBe(Files.Make(Files.Large, i));
                }
                else
                {
                    refused++;
                    answer.ShouldBeProblem(503, "upload_lost");
                    (await project.Download(Uuid, $"p{i}")).Status.ShouldBe(404);
                }
            }
        }

        await stop.CancelAsync();
        await TestContext.Out.WriteLineAsync($"{stored} stored, {refused} refused, {await sweeping} swept away");
        (await service.Verify()).ShouldBe(0);
        (await StorageAudit.Inspect(service.ConnectionString)).ShouldBeEmpty();
    }

    [Test]
    public async Task A_download_whose_bytes_a_wrong_clock_reclaims_is_cut_and_says_nothing_that_is_wrong()
    {
        var large = Files.Make(16 << 20);
        var files = TemporarySet.New(service.Admin);
        var item = (await files.Have([("large", large)]))[0].Id();
        await using var download = await service.Connect(receiveBuffer: 8 << 10);
        await download.Send(service.RequestHead("GET", TemporarySet.Contents(item)));
        (await download.ReadHead()).Field("Content-Length").ShouldBe($"{large.Length}");
        (await files.Remove(item)).Status.ShouldBe(200);
        (await ahead.Sweep()).Released.Blobs.ShouldBePositive();
        var received = await ReadUntilCut(download);
        received.Length.ShouldBeLessThan(large.Length);
        received.ShouldBe(large[..received.Length]);
    }

    [TestCaseSource(nameof(Jumps))]
    public async Task A_set_is_there_again_once_the_clock_is_right(TimeSpan jump)
    {
        var set = TemporarySet.New(service.Admin);
        var item = (await set.Have(("a", Old)))[0].Id();
        time.Advance(jump);
        (await set.Download(item)).Status.ShouldBe(jump > TimeSpan.Zero ? 404 : 200);
        SetRight();
        (await set.Names()).ShouldBe(["a"]);
        (await set.Download(item)).Body.ShouldBe(Old);
        (await set.ClaimIntoSession(await ProjectId(), Uuid)).Status.ShouldBe(200);
        (await project.FileIn(Uuid, "a")).ShouldBe(Old);
    }

    [TestCaseSource(nameof(Jumps))]
    public async Task Entity_tags_hold_whatever_the_clock_says(TimeSpan jump)
    {
        var tag = (await project.Download(Uuid, Point)).Field("ETag")!;
        time.Advance(jump);
        (await project.Attach(Uuid, Point, Body.Raw(New), ("If-Match", tag))).ShouldSucceed();
        (await project.Attach(Uuid, Point, Body.Raw(Old), ("If-Match", tag))).ShouldBeProblem(412, "precondition_failed");
        SetRight();
        var now = await project.Download(Uuid, Point, ("If-None-Match", tag));
        now.Status.ShouldBe(200);
        now.Body.ShouldBe(New);

        // A date of the future would be taken for a reason not to send it (RFC 9110, section 8.8.2.1).
        DateTimeOffset.Parse(now.Field("Last-Modified")!).ShouldBeLessThanOrEqualTo(DateTimeOffset.Parse(now.Field("Date")!));
        (await project.Download(Uuid, Point, ("If-None-Match", now.Field("ETag")!))).Status.ShouldBe(304);
    }

    /// <summary>Sends the first half of a file, until some of it is stored.</summary>
    private async Task<RawConnection> BeginUpload()
    {
        var upload = await service.Connect();
        await upload.Send(service.RequestHead(
            "PUT", project.Attachment(Uuid, Point), "Content-Type: application/octet-stream", $"Content-Length: {New.Length}"));
        await upload.Send(New[..(New.Length / 2)]);
        await Eventually.Holds(async () => await Sql.Scalar<long>(service.ConnectionString, CountArriving) == 1, "it is being stored");
        return upload;
    }

    private static async Task<byte[]> ReadUntilCut(RawConnection download)
    {
        var received = new List<byte>();
        try
        {
            while (true)
            {
                received.AddRange(await download.Read(StepBytes));
            }
        }
        catch (IOException)
        {
            return [.. received];
        }
    }

    private async Task<long> ProjectId() => (await project.Get(Uuid)).ShouldSucceed().GetProperty("project_id").GetInt64();
}
