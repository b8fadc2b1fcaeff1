using System.Diagnostics;
using System.Net;
using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads;

/// <summary>
/// A body that stalls is ended (408), whatever has come of it before, and holds neither connection nor memory any longer.
/// </summary>
[TestFixture]
internal sealed class StalledBodyTests
{
    private const int Promised = 1_000_000;

    /// <summary>By Kestrel's average of 240 bytes a second that is enough for twenty minutes of silence.</summary>
    private const int Burst = 300_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private RunningService service = null!;

    [OneTimeSetUp]
    public async Task Start() => service = await TestBed.StartService(
        "--Limits:BodyTimeout=00:00:01", "--environment=Development", "--Storage:ReclaimAfter=00:00:00");

    [OneTimeTearDown]
    public async Task Stop() => await service.DisposeAsync();

    private static IEnumerable<TestCaseData> Uploads() =>
        from family in ContentFamily.All
        from write in family.Writes
        where write.IsUpload
        select new TestCaseData(family, write).SetArgDisplayNames($"{family}", $"{write}");

    [TestCaseSource(nameof(Uploads))]
    public async Task Ends_an_upload_of_every_family(ContentFamily family, ContentWrite write)
    {
        var old = Files.Make(Files.Small);
        var file = await family.Store(service, old);
        using var body = write.Body!(file, Files.Make(Burst));
        var bytes = await body.ReadAsByteArrayAsync();
        await using var connection = await service.Connect();
        await connection.Send(service.RequestHead(
            write.Method, write.Address(file), $"Content-Type: {body.Headers.ContentType}", $"Content-Length: {bytes.Length + Promised}"));

        // Not to its end, which a form would recognise.
        await connection.Send(bytes[..(Burst - 1000)]);
        await ShouldBeEnded(connection);
        (await service.Admin.GetByteArrayAsync(file.Target)).ShouldBe(old);
        await service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [TestCase("Content-Length: 1000000", "{\"session\":{\"unit_id\":\"u\"")]
    [TestCase("Transfer-Encoding: chunked", "a\r\n{\"session\"\r\n")]
    [TestCase("Transfer-Encoding: chunked", "")]
    public async Task Ends_a_document(string framing, string beginning)
    {
        await using var connection = await service.Connect();
        await connection.Send(service.RequestHead("POST", Project.New(service.Admin).Sessions, "Content-Type: application/json", framing));
        await connection.Send(beginning);
        await ShouldBeEnded(connection);
    }

    [Test]
    public async Task Ends_one_that_dribbles()
    {
        var project = Project.New(service.Admin);
        await project.Have("s");
        await using var connection = await service.Connect();
        await connection.Send(service.RequestHead(
            "PUT", project.Attachment("s", "p"), "Content-Type: application/octet-stream", $"Content-Length: {Promised}"));
        await connection.Send(new byte[Burst]);
        using var answered = new CancellationTokenSource();
        var dribbling = Dribble(connection, answered.Token);
        await ShouldBeEnded(connection);
        await answered.CancelAsync();
        await dribbling;
    }

    [Test]
    public async Task Lets_a_slow_one_come_to_its_end()
    {
        var project = Project.New(service.Admin);
        await project.Have("s");
        var file = Files.Make(40_000);
        await using var connection = await service.Connect();
        await connection.Send(service.RequestHead(
            "PUT", project.Attachment("s", "p"), "Content-Type: application/octet-stream", $"Content-Length: {file.Length}"));
        foreach (var piece in file.Chunk(5_000))
        {
            await connection.Send(piece);
            await Task.Delay(TimeSpan.FromMilliseconds(400));
        }

        (await connection.ReadAnswer()).ShouldSucceed();
        (await project.FileIn("s", "p")).ShouldBe(file);
    }

    [Test]
    public async Task Ends_a_stream_of_HTTP_2_and_no_other()
    {
        using var client = new HttpClient
        {
            BaseAddress = service.Address,
            DefaultRequestHeaders = { Authorization = new("Bearer", service.AdminToken) },
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var project = Project.New(service.Admin);
        await project.Have("s");
        using var request = new HttpRequestMessage(HttpMethod.Put, project.Attachment("s", "p"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StalledContent(),
        };
        var started = Stopwatch.GetTimestamp();
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        ((int)response.StatusCode).ShouldBe(408);
        response.Headers.ConnectionClose.ShouldNotBe(true);
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Soon);
        using var next = await client.GetAsync("/health/live");
        next.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task ShouldBeEnded(RawConnection connection)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await connection.ReadAnswer();
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Soon);
        answer.Status.ShouldBe(408, Encoding.UTF8.GetString(answer.Body));
        answer.Field("Connection").ShouldBe("close");
        answer.Json.GetProperty(answer.Field("Content-Type")!.Contains("vnd.api", StringComparison.Ordinal) ? "errors" : "code");
    }

    private static async Task Dribble(RawConnection connection, CancellationToken answered)
    {
        try
        {
            while (!answered.IsCancellationRequested)
            {
                await connection.Send([0]);
                await Task.Delay(TimeSpan.FromMilliseconds(100), answered);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // It was ended.
        }
    }

    /// <summary>Much, and then nothing.</summary>
    private sealed class StalledContent : HttpContent
    {
        public StalledContent() => Headers.ContentType = new("application/octet-stream");

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(new byte[Burst], cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Promised;
            return true;
        }
    }
}
