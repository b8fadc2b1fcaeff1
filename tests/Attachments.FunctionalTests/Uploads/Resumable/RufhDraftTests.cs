using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Uploads.Resumable;

/// <summary>
/// The examples of Resumable Uploads for HTTP ("Example 1", "Example 2", "Upload Creation", "Offset Retrieval", "Upload Append", "Upload
/// Cancellation"), byte by byte over a socket.
/// </summary>
[TestFixture]
internal sealed class RufhDraftTests
{
    private const string Target = "/v1/attachments/";

    private static readonly byte[] File = Files.Make(700_000);

    private static RunningService Service => TestBed.Service;

    [Test]
    public async Task Resumes_after_an_interruption()
    {
        var upload = await Create("Upload-Complete: ?0", "Content-Length: 0");
        await using (var broken = await Service.Connect())
        {
            await broken.Send(Service.RequestHead(
                "PATCH", upload, "Upload-Complete: ?1", "Upload-Offset: 0", $"Content-Length: {File.Length}", $"Content-Type: {Rufh.Chunk}"));
            await broken.Send(File[..300_000]);
            await Eventually.Holds(async () => await ListOffset(upload) > 0, "Nothing was stored.");
            broken.EndSending();
        }

        var offset = await AskOffset(upload);
        offset.ShouldBeInRange(256 << 10, 300_000);
        var last = await Append(upload, offset, File[offset..], "?1");
        last.ShouldBeStored(File, 201);
        last.Json.GetProperty("filename").GetString().ShouldBe("file name.jpg");
        (await Service.Admin.Ask(HttpMethod.Get, last.Json.Text("download_url"))).Body.ShouldBe(File);
    }

    [Test]
    public async Task Sends_a_series_of_parts()
    {
        var upload = await CreateWith(File[..100], $"Upload-Length: {File.Length}");
        (await Append(upload, 100, File[100..200], "?0")).ShouldBeOpenAt(200);
        (await AskOffset(upload)).ShouldBe(200);
        (await Append(upload, 200, File[200..], "?1")).ShouldBeStored(File, 201);
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead("HEAD", upload));
        var done = await connection.ReadAnswer(toHead: true);
        done.Status.ShouldBe(204);
        done.Field("Upload-Complete").ShouldBe("?1");
        done.Field("Upload-Length").ShouldBe($"{File.Length}");
        done.Field("Cache-Control").ShouldBe("no-store");
    }

    [Test]
    public async Task Sends_all_of_it_at_once()
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(
            "POST",
            Target,
            "Content-Disposition: inline; filename=\"file name.jpg\"; filename*=UTF-8''file%20name.jpg",
            $"Content-Length: {File.Length}",
            $"Upload-Length: {File.Length}",
            "Upload-Complete: ?1"));
        await connection.Send(File);
        var answer = await connection.ReadAnswer();
        answer.Status.ShouldBe(201, answer.Text);
        answer.Field("Upload-Complete").ShouldBe("?1");
        answer.Json.GetProperty("filename").GetString().ShouldBe("file name.jpg");
    }

    [Test]
    public async Task Cancels()
    {
        var upload = await CreateWith(File[..100]);
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead("DELETE", upload));
        (await connection.ReadAnswer()).Status.ShouldBe(204);
        await connection.Send(Service.RequestHead("HEAD", upload));
        (await connection.ReadAnswer(toHead: true)).Status.ShouldBe(404);
    }

    [TestCase("Upload-Complete: ?0\r\nUpload-Complete: ?0")]
    [TestCase("Upload-Complete: ?0, ?0")]
    [TestCase("Upload-Complete: 0")]
    [TestCase("Upload-Complete: ")]
    public async Task Takes_a_field_that_cannot_be_parsed_as_not_sent(string field)
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead("POST", Target, field, "Content-Type: video/mp4", "Content-Length: 0"));
        var answer = await connection.ReadAnswer();
        answer.Status.ShouldBe(415, "It is a plain upload, which is a form here.");
        answer.Field("Upload-Complete").ShouldBeNull();
    }

    private static Task<string> CreateWith(byte[] content, params string[] fields) =>
        Create([.. fields, "Upload-Complete: ?0", $"Content-Length: {content.Length}"], content);

    private static Task<string> Create(params string[] fields) => Create(fields, []);

    private static async Task<string> Create(string[] fields, byte[] content)
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(
            "POST", Target, [.. fields, "Content-Disposition: inline; filename=\"file name.jpg\"", "Content-Type: image/jpeg"]));
        await connection.Send(content);
        var answer = await connection.ReadAnswer();
        answer.ShouldBeOpenAt(content.Length, 201);
        return answer.Field("Location").ShouldNotBeNull();
    }

    private static async Task<Answer> Append(string upload, int offset, byte[] content, string isLast)
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(
            "PATCH", upload, $"Upload-Complete: {isLast}", $"Upload-Offset: {offset}", $"Content-Length: {content.Length}", $"Content-Type: {Rufh.Chunk}"));
        await connection.Send(content);
        return await connection.ReadAnswer();
    }

    /// <summary>Without taking over.</summary>
    private static async Task<long> ListOffset(string upload) =>
        (await Service.Admin.Ask(HttpMethod.Get, "/uploads?limit=200")).Json.GetProperty("uploads").EnumerateArray()
        .Single(open => upload.EndsWith(open.Text("id"), StringComparison.Ordinal)).GetProperty("offset").GetInt64();

    private static async Task<int> AskOffset(string upload)
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead("HEAD", upload));
        var answer = await connection.ReadAnswer(toHead: true);
        answer.Status.ShouldBe(204);
        answer.Field("Upload-Complete").ShouldBe("?0");
        return int.Parse(answer.Field("Upload-Offset")!, System.Globalization.CultureInfo.InvariantCulture);
    }
}
