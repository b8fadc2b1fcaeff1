using System.Globalization;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

[TestFixture]
internal sealed class DownloadSessionAttachmentTests : SessionsFixture
{
    private static readonly byte[] File = Files.Make(Files.Large);

    // Those of the connection, which are the server's.
    private static readonly string[] Connection = ["Server", "Connection", "Keep-Alive"];

    [Test]
    public async Task Serves_the_bytes_with_all_that_is_known_of_them()
    {
        var before = Now();
        await HavePhoto();
        var answer = await Project.Download(Uuid, "p");
        answer.Status.ShouldBe(200);
        answer.Body.ShouldBe(File);
        ParseDate(answer, "Last-Modified").ShouldBeInRange(before, Now());
        ParseDate(answer, "Date").ShouldBeGreaterThanOrEqualTo(ParseDate(answer, "Last-Modified"));
        var expected = new Dictionary<string, string>
        {
            ["Content-Type"] = "application/octet-stream",
            ["Content-Length"] = $"{File.Length}",
            ["Content-Disposition"] = "attachment; filename=\"_ photo.jpg\"; filename*=UTF-8''%E5%AD%97%20photo.jpg",
            ["ETag"] = File.EntityTag(),
            ["Accept-Ranges"] = "bytes",
            ["Repr-Digest"] = File.Sha256Member(),
            ["Cache-Control"] = "private, no-cache",
            ["X-Content-Type-Options"] = "nosniff",
            ["Content-Security-Policy"] = "default-src 'none'; sandbox",
        };
        GetFields(answer, "Last-Modified", "Date").ShouldBe(expected, ignoreOrder: true);
    }

    [TestCase("image/png")]
    [TestCase("text/html")]
    [TestCase("application/pdf")]
    public async Task Is_an_octet_stream_to_be_saved_whatever_was_uploaded_and_wished(string mediaType)
    {
        await Project.Have(Uuid);
        await Project.Attach(Uuid, "p", Body.Multipart(
            new Part("; name=\"attachment\"; filename=\"x\"", File, $"Content-Type: {mediaType}")));
        var answer = await Project.Send(HttpMethod.Get, Project.Attachment(Uuid, "p") + "?disposition=inline", null, ("Accept", mediaType));
        answer.Field("Content-Type").ShouldBe("application/octet-stream");
        answer.Field("Content-Disposition").ShouldBe("attachment; filename=\"x\"");
        (await Project.Get(Uuid)).ShouldSucceed()
            .GetProperty("data").GetProperty("p").GetProperty("content_type").GetString().ShouldBe(mediaType);
    }

    [TestCase("bytes=0-0", 0, 1)]
    [TestCase("bytes=1-1000", 1, 1000)]
    [TestCase("bytes=262143-262144", 262143, 2)]
    [TestCase("bytes=700000-", 700000, 1)]
    [TestCase("bytes=500000-99999999999999999999", 500000, 200001)]
    [TestCase("bytes=-1", 700000, 1)]
    [TestCase("bytes=-300000", 400001, 300000)]
    [TestCase("bytes=-800000", 0, 700001)]
    public async Task Serves_a_single_range(string range, int first, int length)
    {
        await HavePhoto();
        var answer = await Project.Download(Uuid, "p", ("Range", range));
        answer.Status.ShouldBe(206);
        answer.Body.ShouldBe(File.AsSpan(first, length).ToArray());
        answer.Field("Content-Range").ShouldBe($"bytes {first}-{first + length - 1}/{File.Length}");
        answer.Field("Content-Length").ShouldBe($"{length}");
        answer.Field("Repr-Digest").ShouldBe(File.Sha256Member());
        answer.Field("ETag").ShouldBe(File.EntityTag());
    }

    [Test]
    public async Task Finds_no_file_where_there_is_none()
    {
        await Project.Have(Uuid, """  "scalar":"x","raw":{"rawData":"AQ=="}  """);
        foreach (var point in new[] { "scalar", "raw", "missing" })
        {
            (await Project.Download(Uuid, point)).ShouldBeProblem(404, "attachment_not_found");
        }

        (await Project.Download("no session", "scalar")).ShouldBeProblem(404, "session_not_found");
        (await Project.New(Service.Admin).Download(Uuid, "scalar")).ShouldBeProblem(404, "session_not_found");
    }

    [TestCase("replaced")]
    [TestCase("deleted")]
    public async Task A_download_in_progress_ends_whole_when_its_session_is(string change)
    {
        await using var service = await TestBed.StartService("--Storage:ReclaimAfter=00:10:00");
        var project = Project.New(service.Admin);

        // More than the sockets' buffers take, so that most of it has not been read from the store when it is replaced.
        var file = Files.Make(16 << 20);
        await project.HaveFile(Uuid, "p", file);
        await using var connection = await service.Connect(receiveBuffer: 8 << 10);
        await connection.Send(service.RequestHead("GET", project.Attachment(Uuid, "p")));
        (await connection.ReadHead()).Status.ShouldBe(200);
        var start = await connection.Read(1000);

        (change == "replaced"
            ? await project.Create(Body.Form(("session[uuid]", Uuid), ("session[unit_id]", "u")))
            : await project.Delete(Uuid)).ShouldSucceed();
        (await service.Sweep()).Released.Blobs.ShouldBe(0);

        byte[] received = [.. start, .. await connection.Read(file.Length - start.Length)];
        received.Md5().ShouldBe(file.Md5());
        (await project.Download(Uuid, "p")).Body.Md5().ShouldNotBe(file.Md5());
    }

    private static DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    private static DateTimeOffset ParseDate(Answer answer, string field) =>
        DateTimeOffset.ParseExact(answer.Field(field)!, "r", CultureInfo.InvariantCulture);

    private static Dictionary<string, string> GetFields(Answer answer, params string[] besides) =>
        answer.Fields.ExceptBy(besides.Concat(Connection), field => field.Key).ToDictionary();

    private async Task HavePhoto()
    {
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, "p", Body.Multipart(Part.File("attachment", File, "字 photo.jpg")))).ShouldSucceed();
    }
}
