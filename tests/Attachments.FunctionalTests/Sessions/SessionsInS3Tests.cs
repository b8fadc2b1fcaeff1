using Attachments.Application.Settings;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Sessions;

/// <summary>The ways of a file through the service, where its bytes go to a bucket.</summary>
[TestFixture]
internal sealed class SessionsInS3Tests
{
    private const string Uuid = "in-s3";

    /// <summary>Larger than the piece in which objects are written, so that it is an upload in parts.</summary>
    private const int InParts = (8 << 20) + 100_001;

    private TestBucket? bucket;
    private RunningService? running;

    private RunningService Service => running ?? throw new InvalidOperationException("The service has not been started.");

    private Project Project { get; set; } = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        if (!TestBucket.IsAvailable)
        {
            Assert.Ignore(TestBucket.WhySkipped);
        }

        bucket = await TestBucket.Create();
        running = await TestBed.StartService(
            [.. bucket.Settings.Select(setting => $"--{setting.Key}={setting.Value}"), "--Storage:ReclaimAfter=00:00:00"]);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (running is not null)
        {
            await running.DisposeAsync();
        }

        if (bucket is not null)
        {
            await bucket.DisposeAsync();
        }
    }

    [SetUp]
    public void NewProject() => Project = Project.New(Service.Admin);

    [TearDown]
    public async Task ShouldKeepOnlyWhatIsReferredTo()
    {
        if (running is not null)
        {
            await Service.ShouldKeepOnlyWhatIsReferredTo();
            (await bucket!.Inspect(Service.ConnectionString)).ShouldBeEmpty();
        }
    }

    [TestCase(0)]
    [TestCase(Files.Small)]
    [TestCase(Files.Large)]
    [TestCase(InParts)]
    public async Task Serves_what_was_uploaded(int length)
    {
        var file = Files.Make(length);
        await Project.HaveFile(Uuid, "photo", file);
        var answer = await Project.Download(Uuid, "photo");
        answer.Status.ShouldBe(200);
        answer.Body.AsSpan().SequenceEqual(file).ShouldBeTrue();
        answer.Field("ETag").ShouldBe(file.EntityTag());
    }

    [Test]
    public async Task Serves_a_range()
    {
        var file = Files.Make(InParts);
        await Project.HaveFile(Uuid, "photo", file);
        var answer = await Project.Download(Uuid, "photo", ("Range", $"bytes={(8 << 20) - 5}-{(8 << 20) + 4}"));
        answer.Status.ShouldBe(206);
        answer.Body.ShouldBe(file[((8 << 20) - 5)..((8 << 20) + 5)]);
    }

    [Test]
    public async Task Keeps_many_files_of_one_form()
    {
        var files = Enumerable.Range(1, 8).Select(i => Files.Make(200_000 + i, seed: i)).ToList();
        var parts = files.Select((file, i) => Part.File($"session[data][p{i}]", file));
        (await Project.Create(Body.Multipart([Part.Field("session[uuid]", Uuid), Part.Field("session[unit_id]", "u"), .. parts])))
            .ShouldSucceed();
        for (var i = 0; i < files.Count; i++)
        {
            (await Project.FileIn(Uuid, $"p{i}")).AsSpan().SequenceEqual(files[i]).ShouldBeTrue();
        }
    }

    [Test]
    public async Task Replaces_a_file_and_deletes_it()
    {
        var (first, second) = (Files.Make(InParts), Files.Make(Files.Small, seed: 2));
        await Project.HaveFile(Uuid, "photo", first);
        (await Project.Attach(Uuid, "photo", Body.Raw(second))).ShouldSucceed();
        (await Project.FileIn(Uuid, "photo")).ShouldBe(second);
        await Service.Sweep();
        (await Project.FileIn(Uuid, "photo")).ShouldBe(second);
        (await Project.Detach(Uuid, "photo")).ShouldSucceed();
        (await Project.Download(Uuid, "photo")).Status.ShouldBe(404);
    }

    [TestCase(Files.Small)]
    [TestCase(InParts)]
    public async Task Refuses_bytes_that_are_not_those_the_client_meant(int length)
    {
        await Project.Have(Uuid);
        var body = Body.Raw(Files.Make(length)).With("Content-Digest", Files.Make(5).Sha256Member());
        (await Project.Attach(Uuid, "photo", body)).ShouldBeProblem(400, "digest_mismatch");
    }

    [Test]
    public async Task Is_ready_when_the_bucket_is()
    {
        using var response = await Service.Anonymous.GetAsync("/health/ready");
        var answer = await Answer.Read(response);
        answer.Status.ShouldBe(200);
        answer.Json.ShouldBeJson("""{"status":"healthy","checks":{"database":"healthy","blobs":"healthy"}}""");
    }
}

/// <summary>A service whose bucket is away, as it serves on.</summary>
[TestFixture]
internal sealed class SessionsWithoutTheirBucketTests
{
    private RunningService service = null!;

    [OneTimeSetUp]
    public async Task Start() => service = await TestBed.StartService(
        $"--Storage:Provider={nameof(StorageProvider.S3)}",
        "--Storage:S3:ServiceUrl=http://127.0.0.1:1",
        "--Storage:S3:Bucket=bucket",
        "--Storage:S3:AccessKey=access",
        "--Storage:S3:SecretKey=secret");

    [OneTimeTearDown]
    public async Task Stop() => await service.DisposeAsync();

    [Test]
    public async Task Is_not_ready()
    {
        using var response = await service.Anonymous.GetAsync("/health/ready");
        ((int)response.StatusCode).ShouldBe(503);
    }

    [Test]
    public async Task Is_ready_where_new_files_go_to_the_database()
    {
        await using var other = await TestBed.StartService(
            "--Storage:S3:ServiceUrl=http://127.0.0.1:1",
            "--Storage:S3:Bucket=bucket",
            "--Storage:S3:AccessKey=access",
            "--Storage:S3:SecretKey=secret");
        using var response = await other.Anonymous.GetAsync("/health/ready");
        var answer = await Answer.Read(response);
        answer.Status.ShouldBe(200);
        answer.Json.ShouldBeJson("""{"status":"degraded","checks":{"database":"healthy","blobs":"degraded"}}""");
    }

    [Test]
    public async Task Answers_503_to_an_upload_and_keeps_the_session_as_it_was()
    {
        var project = Project.New(service.Admin);
        await project.Have("s", "\"p\":\"value\"");
        var answer = await project.Attach("s", "p", Body.Raw(Files.Make(Files.Small)));
        answer.ShouldBeProblem(503, "store_unavailable");
        answer.Field("Retry-After").ShouldNotBeNull();
        (await project.Get("s")).ShouldSucceed().GetProperty("data").GetProperty("p").GetString().ShouldBe("value");
    }
}
