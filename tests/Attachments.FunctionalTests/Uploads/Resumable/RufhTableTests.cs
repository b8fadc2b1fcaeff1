using Attachments.Application.Settings;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads.Resumable;

/// <summary>
/// What requests of Resumable Uploads for HTTP are answered, over everything that an upload can be for. What the store does is the same as
/// for tus, so S3 is tried with one target.
/// </summary>
[TestFixtureSource(nameof(Targets))]
internal sealed class RufhTableTests(TusTarget target, StorageProvider store)
{
    private const string Mismatching = "https://iana.org/assignments/http-problem-types#mismatching-upload-offset";
    private const string Inconsistent = "https://iana.org/assignments/http-problem-types#inconsistent-upload-length";

    private static readonly byte[] File = Files.Make(Files.Large);

    private string address = null!;

    private RunningService service = null!;

    private static IEnumerable<object[]> Targets =>
    [
        .. TusTarget.All.Select(target => new object[] { target, StorageProvider.LargeObject }),
        [TusTarget.SessionPoint, StorageProvider.S3],
        [TusTarget.SessionPoint, StorageProvider.Directory],
    ];

    private HttpClient Client => service.Admin;

    [OneTimeSetUp]
    public async Task Start() => service = await TestBed.ServiceWithFilesIn(store);

    [SetUp]
    public async Task Prepare() => address = await target.Prepare(service);

    private static IEnumerable<TestCaseData> BadCreations()
    {
        static TestCaseData Case(string name, int status, string code, byte[]? body, params (string, string)[] fields) =>
            new TestCaseData(status, code, body, fields).SetArgDisplayNames(name);

        yield return Case("too large", 413, "upload_too_large", null, ("Upload-Length", $"{TestBed.MaxUploadBytes + 1}"));
        yield return Case("more than announced", 400, "inconsistent_upload_length", [1, 2], ("Upload-Length", "1"));
        yield return Case("bad digest", 400, "digest_invalid", null, ("Upload-Length", "1"), ("Repr-Digest", "sha-256=1"));
    }

    [TestCaseSource(nameof(BadCreations))]
    public async Task Refuses_a_bad_creation_and_keeps_nothing(int status, string code, byte[]? body, (string, string)[] fields)
    {
        var before = await CountUploads();
        var answer = body is null ? await Rufh.Begin(Client, address, fields) : await Rufh.BeginWith(Client, address, body, fields);
        answer.ShouldBeRufhProblem(status, code);
        answer.Field("Location").ShouldBeNull();
        (answer.Field("Upload-Limit") is not null).ShouldBe(status == 413);
        (await CountUploads()).ShouldBe(before);
    }

    [Test]
    public async Task Refuses_content_codings()
    {
        using var first = Coded("video/mp4");
        (await Client.Ask(HttpMethod.Post, address, first, Rufh.Incomplete)).ShouldBeRufhProblem(415, "content_encoding_unsupported");
        var upload = await Rufh.Have(Client, address);
        using var next = Coded(Rufh.Chunk);
        (await Client.Ask(HttpMethod.Patch, upload, next, Rufh.Incomplete, ("Upload-Offset", "0")))
            .ShouldBeRufhProblem(415, "content_encoding_unsupported");

        static HttpContent Coded(string mediaType)
        {
            var body = Body.Create([1], mediaType);
            body.Headers.ContentEncoding.Add("gzip");
            return body;
        }
    }

    [TestCase("a")]
    [TestCase("-1")]
    [TestCase("9999999999999999")]
    [TestCase("1, 2")]
    [TestCase("1;")]
    [TestCase("3.0")]
    [TestCase("\"3\"")]
    public async Task Takes_a_length_that_cannot_be_parsed_as_none(string length)
    {
        var upload = await Rufh.Have(Client, address, ("Upload-Length", length));
        (await Rufh.AskOffset(Client, upload)).Field("Upload-Length").ShouldBeNull();
        (await Rufh.Append(Client, upload, 0, File[..7], isLast: true)).ShouldBeStored(File[..7]);
    }

    [Test]
    public async Task Stores_what_comes_in_pieces_and_answers_as_the_family_does()
    {
        var created = await Rufh.BeginWith(Client, address, File[..10], ("Upload-Length", $"{File.Length}"));
        created.ShouldBeOpenAt(10, 201);
        created.Body.ShouldBeEmpty();
        created.Field("Upload-Expires").ShouldNotBeNull();
        var upload = created.Field("Location").ShouldNotBeNull();
        upload.ShouldStartWith("/uploads/");

        (await Rufh.Append(Client, upload, 10, File[10..300_000])).ShouldBeOpenAt(300_000);
        var head = await Rufh.AskOffset(Client, upload);
        head.ShouldBeOpenAt(300_000);
        head.Field("Upload-Length").ShouldBe($"{File.Length}");
        var last = await Rufh.Append(Client, upload, 300_000, File[300_000..], isLast: true);
        var location = last.ShouldBeStored(File);
        (await target.Read(service, location)).ShouldBe(File);
        await ShouldBeAsIfPlain(last);

        var done = await Rufh.AskOffset(Client, upload);
        done.Status.ShouldBe(204);
        done.ShouldBeStored(File, 204).ShouldBe(location);
        var again = await Rufh.Append(Client, upload, File.Length, [], isLast: true);
        again.ShouldBeStored(File, last.Status).ShouldBe(location);
        again.Text.ShouldBe(last.Text);
        var described = await Client.Ask(HttpMethod.Get, upload);
        described.Json.GetProperty("protocol").GetString().ShouldBe("rufh");
        described.Json.GetProperty("result").GetProperty("status").GetInt32().ShouldBe(last.Status);
    }

    /// <summary>Status, type and members of the answer are those of the family's plain upload.</summary>
    private async Task ShouldBeAsIfPlain(Answer last)
    {
        var plain = await Client.Ask(
            HttpMethod.Post, await target.Prepare(service), Body.Create(File, "video/mp4"), Rufh.Complete, ("Upload-Length", $"{File.Length}"));
        last.Status.ShouldBe(plain.Status, plain.Text);
        last.Field("Content-Type").ShouldBe(plain.Field("Content-Type"));
        Names(last).ShouldBe(Names(plain));

        static string Names(Answer answer) => answer.Text.Length == 0
            ? ""
            : answer.Json.ValueKind == System.Text.Json.JsonValueKind.Array
                ? $"{answer.Json.GetArrayLength()}: {string.Join(',', answer.Json[0].EnumerateObject().Select(member => member.Name))}"
                : string.Join(',', answer.Json.EnumerateObject().Select(member => member.Name));
    }

    [Test]
    public async Task Never_ends_by_the_offset_alone()
    {
        var created = await Rufh.BeginWith(Client, address, File, ("Upload-Length", $"{File.Length}"));
        created.ShouldBeOpenAt(File.Length, 201);
        var upload = created.Field("Location").ShouldNotBeNull();
        (await Rufh.AskOffset(Client, upload)).ShouldBeOpenAt(File.Length);
        (await Client.Ask(HttpMethod.Get, upload)).Json.TryGetProperty("result", out _).ShouldBeFalse();
        (await Rufh.Append(Client, upload, File.Length, [])).ShouldBeOpenAt(File.Length);
        (await Rufh.Append(Client, upload, File.Length, [], isLast: true)).ShouldBeStored(File);
    }

    [Test]
    public async Task Is_finished_by_a_request_of_tus_that_finds_all_bytes()
    {
        var upload = (await Rufh.BeginWith(Client, address, File, ("Upload-Length", $"{File.Length}"))).Field("Location").ShouldNotBeNull();
        (await Client.AskOffset(upload)).ShouldBeFinished(File, 200);
    }

    [Test]
    public async Task Goes_on_in_the_other_protocol()
    {
        var upload = await Rufh.Have(Client, address);
        (await Client.Append(upload, 0, File[..300_000])).ShouldBeAt(300_000);
        (await Rufh.Append(Client, upload, 300_000, File[300_000..400_000])).ShouldBeOpenAt(400_000);
        var head = await Client.AskOffset(upload);
        head.ShouldBeAt(400_000, 200);
        head.Field("Upload-Defer-Length").ShouldBe("1");
        (await Client.Append(upload, 400_000, File[400_000..], ("Upload-Length", $"{File.Length}"))).ShouldBeFinished(File);

        var other = await Client.Have(await target.Prepare(service), File.Length);
        (await Rufh.Append(Client, other, 0, File[..300_000])).ShouldBeOpenAt(300_000);
        (await Client.Append(other, 300_000, File[300_000..400_000])).ShouldBeAt(400_000);
        (await Rufh.Append(Client, other, 400_000, File[400_000..], isLast: true)).ShouldBeStored(File);
    }

    [Test]
    public async Task Ends_an_upload_of_unknown_length_with_its_last_bytes()
    {
        var upload = await Rufh.Have(Client, address);
        (await Rufh.Append(Client, upload, 0, File[..10])).ShouldBeOpenAt(10);
        (await Rufh.Append(Client, upload, 10, File[10..], isLast: true)).ShouldBeStored(File);
        var late = await Rufh.Have(Client, await target.Prepare(service));
        (await Rufh.Append(Client, late, 0, File[..10])).ShouldBeOpenAt(10);
        (await Rufh.Append(Client, late, 10, File[10..], isLast: true, ("Upload-Length", $"{File.Length}"))).ShouldBeStored(File);
        var empty = await Rufh.Have(Client, await target.Prepare(service));
        (await target.Read(service, (await Rufh.Append(Client, empty, 0, [], isLast: true)).ShouldBeStored([]))).ShouldBeEmpty();
    }

    [Test]
    public async Task Refuses_bad_appends_and_harms_nothing()
    {
        var upload = await Rufh.Have(Client, address, ("Upload-Length", "5"));
        Task<Answer> Patch(string type, params (string, string)[] fields) =>
            Client.Ask(HttpMethod.Patch, upload, Body.Create([1], type), fields);
        var typed = await Patch("video/mp4", ("Upload-Offset", "0"), Rufh.Incomplete);
        typed.ShouldBeRufhProblem(415, "media_type_unsupported");
        typed.Field("Accept-Patch").ShouldBe(Rufh.Chunk);
        (await Patch(Tus.Chunk, ("Upload-Offset", "0"), Rufh.Incomplete)).ShouldBeRufhProblem(412, "tus_version_unsupported");
        (await Patch(Rufh.Chunk, Rufh.Incomplete)).ShouldBeRufhProblem(400, "upload_offset_missing");
        (await Patch(Rufh.Chunk, Rufh.Incomplete, ("Upload-Offset", "x"))).ShouldBeRufhProblem(400, "upload_offset_missing");
        (await Patch(Rufh.Chunk, Rufh.Incomplete, ("Upload-Offset", "-1"))).ShouldBeRufhProblem(400, "upload_offset_missing");
        (await Patch(Rufh.Chunk, ("Upload-Offset", "0"))).ShouldBeRufhProblem(400, "upload_complete_missing");
        (await Patch(Rufh.Chunk, ("Upload-Offset", "0"), ("Upload-Complete", "true"))).ShouldBeRufhProblem(400, "upload_complete_missing");
        var longer = await Rufh.Append(Client, upload, 0, [1], fields: ("Upload-Length", "6"));
        longer.ShouldBeRufhProblem(400, "inconsistent_upload_length");
        longer.Json.GetProperty("type").GetString().ShouldBe(Inconsistent);
        (await Rufh.Append(Client, upload, 0, [1], isLast: true)).ShouldBeRufhProblem(400, "inconsistent_upload_length");
        (await Rufh.Append(Client, upload, 0, [1], fields: ("If-Match", "\"x\""))).ShouldBeRufhProblem(412, "precondition_failed");
        (await Rufh.Append(Client, upload, 0, [1], fields: ("Content-Digest", File.Sha256Member()))).ShouldBeRufhProblem(400, "digest_mismatch");
        (await Rufh.AskOffset(Client, upload, ("Upload-Offset", "0"))).Status.ShouldBe(400);
        (await Rufh.AskOffset(Client, upload, Rufh.Incomplete)).Status.ShouldBe(400);
        var elsewhere = await Rufh.Append(Client, upload, 1, [1]);
        elsewhere.ShouldBeRufhProblem(409, "mismatching_upload_offset");
        elsewhere.ShouldBeOpenAt(0, 409);
        elsewhere.Json.GetProperty("type").GetString().ShouldBe(Mismatching);
        elsewhere.Json.GetProperty("expected-offset").GetInt64().ShouldBe(0);
        elsewhere.Json.GetProperty("provided-offset").GetInt64().ShouldBe(1);
        (await Rufh.Append(Client, upload, 0, [1, 2, 3, 4, 5], isLast: true)).ShouldBeStored([1, 2, 3, 4, 5]);
    }

    [Test]
    public async Task Ends_short_of_its_length_are_refused_and_harm_nothing()
    {
        var upload = await Rufh.Have(Client, address, ("Upload-Length", "5"));
        using var body = await Body.Create([1, 2, 3], Rufh.Chunk).InChunks();
        var answer = await Client.Ask(HttpMethod.Patch, upload, body, Rufh.Complete, ("Upload-Offset", "0"));
        answer.ShouldBeRufhProblem(400, "inconsistent_upload_length");
        (await Rufh.AskOffset(Client, upload)).ShouldBeOpenAt(3);
        (await Rufh.Append(Client, upload, 3, [4, 5], isLast: true)).ShouldBeStored([1, 2, 3, 4, 5]);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Cuts_off_what_is_longer_than_it_was_said_to_be(bool isAnnounced)
    {
        var upload = await Rufh.Have(Client, address, ("Upload-Length", "5"));
        var bytes = Body.Create([1, 2, 3, 4, 5, 6], Rufh.Chunk);
        using var body = isAnnounced ? bytes : await bytes.InChunks();
        var answer = await Client.Ask(HttpMethod.Patch, upload, body, Rufh.Incomplete, ("Upload-Offset", "0"));
        answer.ShouldBeRufhProblem(400, "inconsistent_upload_length");
        answer.Field("Upload-Complete").ShouldBe("?0");
        (await Rufh.AskOffset(Client, upload)).Status.ShouldBe(410);
        (await Rufh.Append(Client, upload, 0, [1])).ShouldBeRufhProblem(410, "upload_ended");
    }

    [Test]
    public async Task Cuts_off_what_gets_too_large()
    {
        var upload = await Rufh.Have(Client, address);
        (await Rufh.Append(Client, upload, 0, new byte[TestBed.MaxUploadBytes + 1])).ShouldBeRufhProblem(413, "upload_too_large");
        (await Rufh.AskOffset(Client, upload)).Status.ShouldBe(410);
    }

    [Test]
    public async Task Refuses_at_the_end_as_the_family_does_and_says_so_again()
    {
        var upload = await Rufh.Have(Client, address, ("Repr-Digest", File.Sha256Member()));
        var answer = await Rufh.Append(Client, upload, 0, [1, 2, 3], isLast: true);
        answer.ShouldBeRufhProblem(400, "digest_mismatch");
        answer.Field("Upload-Complete").ShouldBe("?1");
        answer.Field("Content-Type").ShouldBe(
            target == TusTarget.RecordFile ? "application/vnd.api+json" : "application/problem+json; charset=utf-8");
        var again = await Rufh.Append(Client, upload, 3, [], isLast: true);
        again.ShouldBeRufhProblem(400, "digest_mismatch");
        again.Field("Content-Type").ShouldBe(answer.Field("Content-Type"));
        var head = await Rufh.AskOffset(Client, upload);
        head.Status.ShouldBe(204);
        head.Field("Upload-Complete").ShouldBe("?1");
        (await Client.AskOffset(upload)).Status.ShouldBe(410);
    }

    [Test]
    public async Task Refuses_more_once_it_is_stored()
    {
        var upload = await Rufh.Have(Client, address);
        (await Rufh.Append(Client, upload, 0, [1, 2], isLast: true)).ShouldBeStored([1, 2]);
        foreach (var other in (Answer[])
            [
                await Rufh.Append(Client, upload, 2, []), await Rufh.Append(Client, upload, 2, [3], isLast: true),
                await Rufh.Append(Client, upload, 0, [1, 2], isLast: true),
            ])
        {
            other.ShouldBeRufhProblem(409, "upload_complete");
            other.Field("Upload-Complete").ShouldBe("?0");
        }
    }

    [Test]
    public async Task Is_cancelled()
    {
        var upload = await Rufh.Have(Client, address);
        (await Client.Ask(HttpMethod.Delete, upload)).Status.ShouldBe(204);
        (await Rufh.AskOffset(Client, upload)).Status.ShouldBe(404);
    }

    [TestCase("5")]
    [TestCase("6")]
    public async Task Serves_clients_of_old_drafts(string interop)
    {
        var version = ("Upload-Draft-Interop-Version", interop);
        var empty = await Rufh.Begin(Client, address, version, ("Upload-Length", "0"));
        (await target.Read(service, empty.ShouldBeStored([], 201))).ShouldBeEmpty();
        empty.Field("Location").ShouldNotBeNull();

        var created = await Rufh.Begin(Client, await target.Prepare(service), version, ("Upload-Length", "3"));
        created.ShouldBeOpenAt(0, 201);
        created.Field("Upload-Draft-Interop-Version").ShouldBe(interop);
        var upload = created.Field("Location").ShouldNotBeNull();
        var untyped = await Client.Ask(
            HttpMethod.Patch, upload, Body.Create([1], "video/mp4"), Rufh.Incomplete, ("Upload-Offset", "0"), version);
        untyped.Status.ShouldBe(interop == "5" ? 204 : 415);
        untyped.Field("Upload-Draft-Interop-Version").ShouldBe(interop);

        var whole = await Client.Ask(
            HttpMethod.Post, await target.Prepare(service), Body.Create([1, 2, 3], Rufh.Chunk), Rufh.Complete, version, ("Upload-Length", "3"));
        whole.Status.ShouldBeOneOf(200, 201);
        whole.Field("Location").ShouldNotBeNull();
        whole.Field("Upload-Offset").ShouldBe("3");
    }

    [Test]
    public async Task Takes_a_whole_file_in_one_request_and_counts_it()
    {
        var before = await CountUploads();
        var answer = await Client.Ask(
            HttpMethod.Post, address, Body.Create(File, "video/mp4"), Rufh.Complete, ("Upload-Length", $"{File.Length}"));
        answer.Status.ShouldBeOneOf(200, 201);
        answer.Field("Upload-Complete").ShouldBe("?1");
        answer.Field("Upload-Offset").ShouldBe($"{File.Length}");
        (await CountUploads()).ShouldBe(before);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Refuses_a_whole_file_of_another_length(bool isAnnounced)
    {
        foreach (var (length, fields) in ((long, (string, string)[])[])[(2, [Rufh.Complete]), (4, [Rufh.Complete]), (4, [])])
        {
            var bytes = target == TusTarget.SessionPoint ? Body.Raw([1, 2, 3]) : Body.Create([1, 2, 3], "video/mp4");
            using var body = isAnnounced ? bytes : await bytes.InChunks();
            var method = fields.Length == 0 && target == TusTarget.SessionPoint ? HttpMethod.Put : HttpMethod.Post;
            if (fields.Length == 0 && target != TusTarget.SessionPoint && target != TusTarget.RecordFile)
            {
                continue;
            }

            var answer = await Client.Ask(method, address, body, [.. fields, ("Upload-Length", $"{length}")]);
            answer.ShouldBeRufhProblem(400, "inconsistent_upload_length");
            answer.Field("Upload-Complete").ShouldBe(fields.Length == 0 ? null : "?0");
        }
    }

    [Test]
    public async Task Says_what_it_takes_without_a_token()
    {
        var offered = await service.Anonymous.Ask(HttpMethod.Options, address);
        offered.Field("Upload-Limit").ShouldBe($"max-size={TestBed.MaxUploadBytes}, min-size=0, max-age=86400");
        offered.Field("Accept-Patch").ShouldNotBeNull().ShouldContain(Rufh.Chunk);
        var upload = await Rufh.Have(Client, address);
        (await service.Anonymous.Ask(HttpMethod.Options, upload)).Field("Accept-Patch").ShouldBe($"{Tus.Chunk}, {Rufh.Chunk}");
        (await service.Anonymous.Ask(HttpMethod.Post, address, null, Rufh.Incomplete)).Status.ShouldBe(401);
    }

    [Test]
    public async Task Is_a_form_only_where_the_plain_upload_is_none()
    {
        var answer = await Client.Ask(HttpMethod.Post, address, Body.Create([1], Body.MultipartType), Rufh.Incomplete);
        if (target == TusTarget.RecordFile)
        {
            answer.ShouldBeOpenAt(1, 201);
        }
        else
        {
            answer.ShouldBeRufhProblem(415, "multipart_not_resumable");
        }
    }

    private async Task<int> CountUploads() => (await Client.Ask(HttpMethod.Get, "/uploads?limit=200")).Json.GetProperty("uploads").GetArrayLength();
}
