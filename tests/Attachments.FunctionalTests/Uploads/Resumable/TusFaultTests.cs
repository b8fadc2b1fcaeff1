using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Uploads.Resumable;

/// <summary>Lines that break, stall or are left behind: what has arrived is kept, and who comes next goes on from there.</summary>
[TestFixture]
internal sealed class TusFaultTests
{
    private static readonly byte[] File = Files.Make(Files.Large);

    private RunningService service = null!;

    [OneTimeSetUp]
    public async Task Start() => service = await TestBed.StartService("--Limits:BodyTimeout=00:00:12", "--Storage:ReclaimAfter=00:00:00");

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [Test]
    public async Task Keeps_what_arrived_before_the_line_ended()
    {
        var upload = await Have();
        await using var connection = await BeginAppend(upload, 0, File[..600_000]);
        await Eventually.Holds(async () => await ListOffset(upload) == 524_288, "The pieces that are full are not stored.");
        connection.EndSending();
        var offset = await AskOffset(upload);
        offset.ShouldBeInRange(524_288, 600_000);
        await Finish(upload, offset);
    }

    [Test]
    public async Task Keeps_what_it_can_of_a_line_that_is_reset()
    {
        var upload = await Have();
        await using var connection = await BeginAppend(upload, 0, File[..300_000]);
        await Eventually.Holds(async () => await ListOffset(upload) > 0, "Nothing was stored.");
        connection.Drop();
        var offset = await AskOffset(upload);
        offset.ShouldBeInRange(262_144, 300_000);
        await Finish(upload, offset);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Takes_over_from_a_line_that_is_silent(bool isChecked)
    {
        var upload = await Have();
        var digest = isChecked ? [$"Content-Digest: {File.Sha256Member()}"] : Array.Empty<string>();
        await using var silent = await BeginAppend(upload, 0, File[..300_000], digest);
        await Eventually.Holds(
            async () => isChecked
                ? await Sql.Scalar<long>(service.ConnectionString, $"SELECT count(*) FROM pg_largeobject WHERE loid = {await FindObject(upload)}") > 0
                : await ListOffset(upload) > 0,
            "Nothing was stored.");
        var started = Stopwatch.GetTimestamp();
        var offset = await AskOffset(upload);
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        offset.ShouldBe(isChecked ? 0 : 300_000);
        var interrupted = await silent.ReadAnswer();
        interrupted.ShouldBeTusProblem(400, "upload_interrupted");
        interrupted.Field("Connection").ShouldBe("close");
        await Finish(upload, offset);
    }

    [Test]
    public async Task Goes_on_with_a_line_that_was_silent_for_long()
    {
        var upload = await Have();
        await using var slow = await BeginAppend(upload, 0, File[..300_000]);
        await Eventually.Holds(async () => await ListOffset(upload) == 300_000, "What has come is not stored before the rest comes.");
        await slow.Send(File[300_000..]);
        (await slow.ReadAnswer()).ShouldBeFinished(File);
        (await service.Verify()).ShouldBe(0);
    }

    [Test]
    public async Task Ends_a_line_that_stays_silent_and_keeps_what_came()
    {
        var upload = await Have();
        await using var stalled = await BeginAppend(upload, 0, File[..300_000]);
        var answer = await stalled.ReadAnswer();
        answer.ShouldBeTusProblem(408, "request_timeout");
        answer.Field("Upload-Offset").ShouldBe("300000");
        await Finish(upload, 300_000);
    }

    [Test]
    public async Task Ends_an_upload_whose_creation_breaks()
    {
        var target = await TusTarget.SessionPoint.Prepare(service);
        await using (var connection = await service.Connect())
        {
            await connection.Send(service.RequestHead(
                "POST", target, "Tus-Resumable: 1.0.0", $"Upload-Length: {File.Length}", $"Content-Length: {File.Length}", $"Content-Type: {Tus.Chunk}"));
            await connection.Send(File[..300_000]);
            await Eventually.Holds(async () => await CountUploads(target) == 1, "The upload did not begin.");
            connection.EndSending();
        }

        await Eventually.Holds(async () => await CountUploads(target) == 0, "The upload is still there.");
        await service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Tells_the_offset_when_the_service_stops()
    {
        await using var stopping = await TestBed.StartService();
        var upload = await stopping.Admin.Have(await TusTarget.SessionPoint.Prepare(stopping), File.Length);
        await using var connection = await stopping.Connect();
        await connection.Send(stopping.RequestHead(
            "PATCH", upload, "Tus-Resumable: 1.0.0", "Upload-Offset: 0", $"Content-Length: {File.Length}", $"Content-Type: {Tus.Chunk}"));
        await connection.Send(File[..300_000]);
        await Eventually.Holds(
            async () => (await stopping.Admin.Ask(HttpMethod.Get, "/uploads")).Json.GetProperty("uploads")[0].GetProperty("offset").GetInt64() > 0,
            "Nothing was stored.");
        var stop = stopping.StopServing();
        var answer = await connection.ReadAnswer();
        answer.ShouldBeTusProblem(503, "service_stopping");
        answer.Field("Retry-After").ShouldBe("1");
        long.Parse(answer.Field("Upload-Offset")!, CultureInfo.InvariantCulture).ShouldBeInRange(262_144, 300_000);
        await stop;
    }

    [TestCase("Upload-Checksum", true)]
    [TestCase("Upload-Checksum", false)]
    [TestCase(null, false)]
    public async Task Reads_a_checksum_behind_the_bytes(string? trailer, bool isRight)
    {
        var upload = await Have();
        await using var connection = await service.Connect();
        await connection.Send(service.RequestHead(
            "PATCH", upload, "Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Transfer-Encoding: chunked", "Trailer: Upload-Checksum", $"Content-Type: {Tus.Chunk}"));
        var checksum = isRight ? CryptographicOperations.HashData(HashAlgorithmName.SHA1, File[..10]) : new byte[20];
        await connection.Send("a\r\n");
        await connection.Send(File[..10]);
        await connection.Send(trailer is null ? "\r\n0\r\n\r\n" : $"\r\n0\r\n{trailer}: sha1 {Convert.ToBase64String(checksum)}\r\n\r\n");
        var answer = await connection.ReadAnswer();
        if (isRight)
        {
            answer.ShouldBeAt(10);
        }
        else
        {
            answer.ShouldBeTusProblem(trailer is null ? 400 : 460, trailer is null ? "checksum_missing" : "checksum_mismatch");
            answer.Field("Upload-Offset").ShouldBe("0");
        }

        await Finish(upload, isRight ? 10 : 0);
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task Lets_one_of_many_go_on()
    {
        var upload = await Have();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => service.Admin.Append(upload, 0, Files.Make(300_000, seed))));
        answers.Count(answer => answer.Status == 204).ShouldBeLessThanOrEqualTo(1);
        answers.ShouldAllBe(answer => answer.Status == 204 || answer.Status == 400 || answer.Status == 409);
        var offset = await AskOffset(upload);
        var rest = await service.Admin.Append(upload, offset, File[(int)offset..]);
        rest.ShouldBeAt(File.Length);
        (await service.Verify()).ShouldBe(0);
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task Finishes_once_whoever_asks()
    {
        for (var round = 0; round < 10; round++)
        {
            var target = await TusTarget.TemporaryItem.Prepare(service);
            var upload = await service.Admin.Have(target, File.Length);
            var last = service.Admin.Append(upload, 0, File);
            var others = Enumerable.Range(0, 4).Select(_ => service.Admin.AskOffset(upload)).ToList();
            await Task.WhenAll(others);
            (await last).Status.ShouldBeOneOf(204, 400, 409);
            var offset = await AskOffset(upload);
            if (offset < File.Length)
            {
                (await service.Admin.Append(upload, offset, File[(int)offset..])).ShouldBeFinished(File);
            }

            (await service.Admin.Ask(HttpMethod.Get, target)).Json.GetProperty("Items").GetArrayLength().ShouldBe(1);
        }

        (await service.Verify()).ShouldBe(0);
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task Is_stored_or_removed_when_it_is_finished_and_deleted_at_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var target = await TusTarget.TemporaryItem.Prepare(service);
            var upload = await service.Admin.Have(target, File.Length);
            var append = service.Admin.Append(upload, 0, File);
            var end = await service.Admin.End(upload);
            end.Status.ShouldBe(204, end.Text);
            var status = (await append).Status;
            status.ShouldBeOneOf(204, 400, 404, 410);
            var items = (await service.Admin.Ask(HttpMethod.Get, target)).Json.GetProperty("Items").GetArrayLength();
            (status == 204 ? items == 1 : items <= 1).ShouldBeTrue($"{status}, {items} items");
        }

        await service.ShouldKeepOnlyWhatIsReferredTo();
    }

    private Task<uint> FindObject(string upload) => Sql.Scalar<uint>(
        service.ConnectionString,
        $"SELECT large_object FROM blobs JOIN uploads ON blobs.id = blob_id WHERE uploads.id = '{upload["/uploads/".Length..]}'");

    private async Task<string> Have() => await service.Admin.Have(await TusTarget.SessionPoint.Prepare(service), File.Length);

    private async Task<RawConnection> BeginAppend(string upload, long offset, byte[] bytes, params string[] fields)
    {
        var connection = await service.Connect();
        await connection.Send(service.RequestHead(
            "PATCH",
            upload,
            ["Tus-Resumable: 1.0.0", $"Upload-Offset: {offset}", $"Content-Length: {File.Length - offset}", $"Content-Type: {Tus.Chunk}", .. fields]));
        await connection.Send(bytes);
        return connection;
    }

    private async Task Finish(string upload, long offset)
    {
        var location = (await service.Admin.Append(upload, offset, File[(int)offset..])).ShouldBeFinished(File);
        (await TusTarget.SessionPoint.Read(service, location)).ShouldBe(File);
        (await service.Verify()).ShouldBe(0);
    }

    private async Task<long> AskOffset(string upload)
    {
        var answer = await service.Admin.AskOffset(upload);
        answer.Status.ShouldBe(200);
        return long.Parse(answer.Field("Upload-Offset")!, CultureInfo.InvariantCulture);
    }

    /// <summary>Without taking it over.</summary>
    private async Task<long> ListOffset(string upload) => (await ListUploads())
        .Single(item => upload.EndsWith(item.Text("id"), StringComparison.Ordinal)).GetProperty("offset").GetInt64();

    private async Task<int> CountUploads(string target) => (await ListUploads()).Count(item => item.Text("target") == target);

    private async Task<IEnumerable<JsonElement>> ListUploads() =>
        (await service.Admin.Ask(HttpMethod.Get, "/uploads?limit=200")).Json.GetProperty("uploads").EnumerateArray();
}
