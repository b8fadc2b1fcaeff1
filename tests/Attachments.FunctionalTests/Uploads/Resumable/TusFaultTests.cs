using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Attachments.Application.Settings;
using Attachments.FunctionalTests.Http2;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Uploads.Resumable;

/// <summary>Lines that break, stall or are left behind: what has arrived is kept, and who comes next goes on from there.</summary>
[TestFixtureSource(typeof(ServiceInStore), nameof(ServiceInStore.Stores))]
internal sealed class TusFaultTests(StorageProvider store)
{
    /// <summary>What is stored as soon as it is there.</summary>
    private readonly int piece = PieceIn(store);

    private ServiceInStore? running;

    private byte[] File { get; } = Files.Make((2 * PieceIn(store)) + 200_001);

    /// <summary>More than one piece.</summary>
    private int Some => piece + 37_856;

    private RunningService Service => running!.Service;

    [OneTimeSetUp]
    public async Task Start() =>
        running = await ServiceInStore.Start(store, "--Limits:BodyTimeout=00:00:12", "--Storage:ReclaimAfter=00:00:00");

    [OneTimeTearDown]
    public ValueTask Stop() => running?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Test]
    public async Task Keeps_what_arrived_before_the_line_ended()
    {
        var upload = await Have();
        await using var connection = await BeginAppend(upload, 0, File[..((2 * piece) + 75_712)]);
        await Eventually.Holds(async () => await ListOffset(upload) == 2 * piece, "The pieces that are full are not stored.");
        connection.EndSending();
        var offset = await AskOffset(upload);
        offset.ShouldBeInRange(2 * piece, (2 * piece) + 75_712);
        await Finish(upload, offset);
    }

    [Test]
    public async Task Keeps_what_it_can_of_a_line_that_is_reset()
    {
        var upload = await Have();
        await using var connection = await BeginAppend(upload, 0, File[..Some]);
        await Eventually.Holds(async () => await ListOffset(upload) > 0, "Nothing was stored.");
        connection.Drop();
        var offset = await AskOffset(upload);
        offset.ShouldBeInRange(piece, Some);
        await Finish(upload, offset);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Takes_over_from_a_line_that_is_silent(bool isChecked)
    {
        var upload = await Have();
        var digest = isChecked ? [$"Content-Digest: {File.Sha256Member()}"] : Array.Empty<string>();
        await using var silent = await BeginAppend(upload, 0, File[..Some], digest);
        await Eventually.Holds(async () => await (isChecked ? HasWrittenMore(upload) : IsPast(upload, 0)), "Nothing was stored.");
        var started = Stopwatch.GetTimestamp();
        var offset = await AskOffset(upload);
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        offset.ShouldBe(isChecked ? 0 : Some);
        var interrupted = await silent.ReadAnswer();
        interrupted.ShouldBeTusProblem(400, "upload_interrupted");
        interrupted.Field("Connection").ShouldBe("close");
        await Finish(upload, offset);
    }

    [Test]
    public async Task Goes_on_with_a_line_that_was_silent_for_long()
    {
        var upload = await Have();
        await using var slow = await BeginAppend(upload, 0, File[..Some]);
        await Eventually.Holds(async () => await ListOffset(upload) == Some, "What has come is not stored before the rest comes.");
        await slow.Send(File[Some..]);
        (await slow.ReadAnswer()).ShouldBeFinished(File);
        (await Service.Verify()).ShouldBe(0);
    }

    [Test]
    public async Task Ends_a_line_that_stays_silent_and_keeps_what_came()
    {
        var upload = await Have();
        await using var stalled = await BeginAppend(upload, 0, File[..Some]);
        var answer = await stalled.ReadAnswer();
        answer.ShouldBeTusProblem(408, "request_timeout");
        answer.Field("Upload-Offset").ShouldBe($"{Some}");
        await Finish(upload, Some);
    }

    [Test]
    public async Task Ends_an_upload_whose_creation_breaks()
    {
        var target = await TusTarget.SessionPoint.Prepare(Service);
        await using (var connection = await Service.Connect())
        {
            await connection.Send(Service.RequestHead(
                "POST", target, "Tus-Resumable: 1.0.0", $"Upload-Length: {File.Length}", $"Content-Length: {File.Length}", $"Content-Type: {Tus.Chunk}"));
            await connection.Send(File[..Some]);
            await Eventually.Holds(async () => await CountUploads(target) == 1, "The upload did not begin.");
            connection.EndSending();
        }

        await Eventually.Holds(async () => await CountUploads(target) == 0, "The upload is still there.");
        await running!.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Tells_the_offset_when_the_service_stops()
    {
        await using var other = await ServiceInStore.Start(store);
        var stopping = other.Service;
        var upload = await stopping.Admin.Have(await TusTarget.SessionPoint.Prepare(stopping), File.Length);
        await using var connection = await stopping.Connect();
        await connection.Send(stopping.RequestHead(
            "PATCH", upload, "Tus-Resumable: 1.0.0", "Upload-Offset: 0", $"Content-Length: {File.Length}", $"Content-Type: {Tus.Chunk}"));
        await connection.Send(File[..Some]);
        await Eventually.Holds(
            async () => (await stopping.Admin.Ask(HttpMethod.Get, "/uploads")).Json.GetProperty("uploads")[0].GetProperty("offset").GetInt64() > 0,
            "Nothing was stored.");
        var stop = stopping.StopServing();
        var answer = await connection.ReadAnswer();
        answer.ShouldBeTusProblem(503, "service_stopping");
        answer.Field("Retry-After").ShouldBe("1");
        long.Parse(answer.Field("Upload-Offset")!, CultureInfo.InvariantCulture).ShouldBeInRange(piece, Some);
        await stop;
    }

    [TestCase("Upload-Checksum", true)]
    [TestCase("Upload-Checksum", false)]
    [TestCase(null, false)]
    public async Task Reads_a_checksum_behind_the_bytes(string? trailer, bool isRight)
    {
        var upload = await Have();
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(
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
    public async Task Reads_a_checksum_behind_the_bytes_in_HTTP_2()
    {
        await using var other = await ServiceInStore.Start(store, "--environment=Development");
        var http2 = other.Service;
        var upload = await http2.Admin.Have("/v1/attachments/", 10);
        await using var connection = await http2.Connect();
        await connection.SendPreface();

        async Task<string> Patch(int stream, params (string Name, string Value)[] trailers)
        {
            await connection.SendFrame(Frames.Headers, Frames.EndHeaders, stream, Frames.FieldBlock(
                (":method", "PATCH"),
                (":scheme", "http"),
                (":authority", http2.Address.Authority),
                (":path", upload),
                ("authorization", $"Bearer {http2.AdminToken}"),
                ("tus-resumable", "1.0.0"),
                ("upload-offset", "0"),
                ("content-type", Tus.Chunk),
                ("trailer", "upload-checksum")));
            await connection.SendFrame(Frames.Data, trailers.Length == 0 ? Frames.EndStream : (byte)0, stream, File[..10]);
            if (trailers.Length > 0)
            {
                await connection.SendFrame(Frames.Headers, Frames.EndHeaders | Frames.EndStream, stream, Frames.FieldBlock(trailers));
            }

            return await ReadStream(connection, stream);
        }

        (await Patch(1)).ShouldContain("checksum_missing");
        (await Patch(3, ("upload-checksum", $"md5 {Convert.ToBase64String(new byte[16])}"))).ShouldContain("checksum_mismatch");
        (await http2.Admin.AskOffset(upload)).ShouldBeAt(0, 200);
        (await Patch(5, ("upload-checksum", $"md5 {Convert.ToBase64String(MD5.HashData(File[..10]))}"))).ShouldBeEmpty();
        (await http2.Admin.AskOffset(upload)).ShouldBeFinished(File[..10], 200);
    }

    /// <returns>The body of its answer.</returns>
    private static async Task<string> ReadStream(RawConnection connection, int stream)
    {
        var body = new List<byte>();
        while (true)
        {
            var (type, flags, of, payload) = await connection.ReceiveFrame();
            body.AddRange(of == stream && type == Frames.Data ? payload : []);
            if (of == stream && type is Frames.Data or Frames.Headers && (flags & Frames.EndStream) != 0)
            {
                return Encoding.UTF8.GetString([.. body]);
            }
        }
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task Lets_one_of_many_go_on()
    {
        var upload = await Have();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => TryAppend(upload, Files.Make(Some, seed))));
        statuses.Count(status => status == 204).ShouldBeLessThanOrEqualTo(1);
        statuses.ShouldBeSubsetOf([204, 400, 409, null]);
        var offset = await AskOffset(upload);
        var rest = await Service.Admin.Append(upload, offset, File[(int)offset..]);
        rest.ShouldBeAt(File.Length);
        (await Service.Verify()).ShouldBe(0);
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task Finishes_once_whoever_asks()
    {
        for (var round = 0; round < 10; round++)
        {
            var target = await TusTarget.TemporaryItem.Prepare(Service);
            var upload = await Service.Admin.Have(target, File.Length);
            var last = TryAppend(upload, File);
            var others = Enumerable.Range(0, 4).Select(_ => Service.Admin.AskOffset(upload)).ToList();
            await Task.WhenAll(others);
            (await last).ShouldBeOneOf(204, 400, 409, null);
            var offset = await AskOffset(upload);
            if (offset < File.Length)
            {
                (await Service.Admin.Append(upload, offset, File[(int)offset..])).ShouldBeFinished(File);
            }

            (await Service.Admin.Ask(HttpMethod.Get, target)).Json.GetProperty("Items").GetArrayLength().ShouldBe(1);
        }

        (await Service.Verify()).ShouldBe(0);
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task Is_stored_or_removed_when_it_is_finished_and_deleted_at_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var target = await TusTarget.TemporaryItem.Prepare(Service);
            var upload = await Service.Admin.Have(target, File.Length);
            var append = TryAppend(upload, File);
            var end = await Service.Admin.End(upload);
            end.Status.ShouldBe(204, end.Text);
            var status = await append;
            status.ShouldBeOneOf(204, 400, 404, 410, null);
            var items = (await Service.Admin.Ask(HttpMethod.Get, target)).Json.GetProperty("Items").GetArrayLength();
            (status == 204 ? items == 1 : items <= 1).ShouldBeTrue($"{status}, {items} items");
        }

        await running!.ShouldKeepOnlyWhatIsReferredTo();
    }

    /// <summary>Whether bytes were written that do not count yet.</summary>
    private Task<bool> HasWrittenMore(string upload) => Sql.Scalar<bool>(
        Service.ConnectionString,
        $"""
        SELECT EXISTS (SELECT FROM pg_largeobject WHERE loid = large_object) OR EXISTS (SELECT FROM upload_parts WHERE blob_id = blobs.id)
            OR in_directory AND touched_at > blobs.created_at
        FROM blobs JOIN uploads ON blobs.id = blob_id WHERE uploads.id = '{upload["/uploads/".Length..]}'
        """);

    private async Task<bool> IsPast(string upload, long offset) => await ListOffset(upload) > offset;

    /// <summary>The status of the answer; null: the line of a request that was taken over was closed before its client had read one.</summary>
    private async Task<int?> TryAppend(string upload, byte[] bytes)
    {
        try
        {
            return (await Service.Admin.Append(upload, 0, bytes)).Status;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static int PieceIn(StorageProvider store) => store switch
    {
        StorageProvider.S3 => 8 << 20,
        StorageProvider.Directory => 1 << 20,
        _ => 256 << 10,
    };

    private async Task<string> Have() => await Service.Admin.Have(await TusTarget.SessionPoint.Prepare(Service), File.Length);

    private async Task<RawConnection> BeginAppend(string upload, long offset, byte[] bytes, params string[] fields)
    {
        var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(
            "PATCH",
            upload,
            ["Tus-Resumable: 1.0.0", $"Upload-Offset: {offset}", $"Content-Length: {File.Length - offset}", $"Content-Type: {Tus.Chunk}", .. fields]));
        await connection.Send(bytes);
        return connection;
    }

    private async Task Finish(string upload, long offset)
    {
        var location = (await Service.Admin.Append(upload, offset, File[(int)offset..])).ShouldBeFinished(File);
        (await TusTarget.SessionPoint.Read(Service, location)).ShouldBe(File);
        (await Service.Verify()).ShouldBe(0);
    }

    private async Task<long> AskOffset(string upload)
    {
        var answer = await Service.Admin.AskOffset(upload);
        answer.Status.ShouldBe(200);
        return long.Parse(answer.Field("Upload-Offset")!, CultureInfo.InvariantCulture);
    }

    /// <summary>Without taking it over.</summary>
    private async Task<long> ListOffset(string upload) => (await ListUploads())
        .Single(item => upload.EndsWith(item.Text("id"), StringComparison.Ordinal)).GetProperty("offset").GetInt64();

    private async Task<int> CountUploads(string target) => (await ListUploads()).Count(item => item.Text("target") == target);

    private async Task<IEnumerable<JsonElement>> ListUploads() =>
        (await Service.Admin.Ask(HttpMethod.Get, "/uploads?limit=200")).Json.GetProperty("uploads").EnumerateArray();
}
