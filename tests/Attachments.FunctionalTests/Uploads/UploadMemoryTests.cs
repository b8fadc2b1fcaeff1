using System.Net;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads;

/// <summary>What all uploads together may take of memory: those that come too many wait, and are told to come again.</summary>
[TestFixture]
internal sealed class UploadMemoryTests
{
    /// <summary>Of which three quarters are for large uploads, of two pieces of 256 KiB each.</summary>
    private const int MemoryBytes = 7 << 19;
    private const int AtOnce = MemoryBytes / 4 * 3 / (512 << 10);

    private const int LargeBytes = 1_000_000;
    private const string OctetStream = "Content-Type: application/octet-stream";

    private readonly List<RawConnection> holders = [];
    private RunningService service = null!;
    private Project project = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await Start("00:00:02");
        project = Project.New(service.Admin);
        await project.Have("s");
    }

    [OneTimeTearDown]
    public async Task Stop() => await service.DisposeAsync();

    [TearDown]
    public async Task LetGo()
    {
        foreach (var holder in holders)
        {
            await holder.DisposeAsync();
        }

        holders.Clear();
    }

    [TestCase("Content-Length: 1000000")]
    [TestCase("Transfer-Encoding: chunked")]
    public async Task One_too_many_waits_and_is_told_to_come_again_while_small_ones_pass(string framing)
    {
        await TakeAll();
        await using var late = await Begin("late", framing);
        if (framing.StartsWith("Transfer", StringComparison.Ordinal))
        {
            // Its beginning is small.
            await late.Send("80000\r\n");
        }

        await late.Send(new byte[512 << 10]);
        var answer = await late.ReadAnswer();
        answer.ShouldBeProblem(503, "upload_memory_exhausted");
        answer.Field("Retry-After").ShouldBe("5");
        (await project.Attach("s", "small", Body.Raw(Files.Make(Files.Small)))).ShouldSucceed();
    }

    [Test]
    public async Task One_that_waits_goes_on_when_another_ends()
    {
        await TakeAll();
        var waiting = project.Attach("s", "waiting", Body.Raw(Files.Make(LargeBytes)));
        holders[0].Drop();
        (await waiting).ShouldSucceed();
        (await project.FileIn("s", "waiting")).ShouldBe(Files.Make(LargeBytes));
    }

    [Test]
    public async Task A_document_waits_as_well()
    {
        await TakeAll();
        var document = $"{{\"session\":{{\"unit_id\":\"u\",\"data\":{{\"a\":\"{new string('x', 400_000)}\"}}}}}}";
        (await service.Admin.Ask(HttpMethod.Post, project.Sessions, Body.Json(document))).ShouldBeProblem(503, "upload_memory_exhausted");
        (await project.Create(Body.Json("""{"session":{"unit_id":"u"}}"""))).ShouldSucceed();
    }

    /// <summary>
    /// Those that wait must not keep from the others what these need: the connection's window is shared by all of its streams.
    /// </summary>
    [Test]
    public async Task All_streams_of_one_connection_come_to_their_end()
    {
        await using var patient = await Start("00:00:30", "--environment=Development");
        using var handler = new SocketsHttpHandler();
        using var client = new HttpClient(handler) { BaseAddress = patient.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", patient.AdminToken);
        var theirs = Project.New(patient.Admin);
        await theirs.Have("s");
        var file = Files.Make(LargeBytes);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, theirs.Attachment("s", $"p{i}"))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = Body.Raw(file),
            };
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }));
        statuses.ShouldAllBe(status => status == HttpStatusCode.OK);
    }

    private static Task<RunningService> Start(string wait, params string[] settings) => TestBed.StartService(
    [
        $"--Limits:MaxUploadMemoryBytes={MemoryBytes}", "--Limits:MaxDocumentBytes=500000", $"--Limits:UploadWait={wait}",
        "--Storage:ReclaimAfter=00:00:00", .. settings,
    ]);

    /// <summary>As many uploads as there is memory for, each in the middle of its first piece.</summary>
    private async Task TakeAll()
    {
        for (var i = 0; i < AtOnce; i++)
        {
            holders.Add(await Begin($"held {i}", $"Content-Length: {LargeBytes}"));
            await holders[^1].Send(new byte[1000]);
        }

        // They have been asked for their bodies, so they have what they need.
        foreach (var holder in holders)
        {
            (await holder.ReadHead()).Status.ShouldBe(100);
        }
    }

    private async Task<RawConnection> Begin(string point, string framing)
    {
        var connection = await service.Connect();
        var expect = framing.StartsWith("Content", StringComparison.Ordinal) && point.StartsWith("held", StringComparison.Ordinal)
            ? "Expect: 100-continue"
            : "Accept: */*";
        await connection.Send(service.RequestHead("PUT", project.Attachment("s", point), OctetStream, framing, expect));
        return connection;
    }
}
