using System.Security.Cryptography;
using Attachments.Application.Settings;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads.Resumable;

/// <summary>What requests of tus are answered, over everything that an upload can be for, in every store.</summary>
[TestFixtureSource(nameof(Targets))]
internal sealed class TusTableTests(TusTarget target, StorageProvider store)
{
    private static readonly byte[] File = Files.Make(Files.Large);

    private string address = null!;

    private RunningService service = null!;

    private static IEnumerable<object[]> Targets =>
    [
        .. from store in new[] { StorageProvider.LargeObject, StorageProvider.S3 } from target in TusTarget.All select new object[] { target, store },
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

        yield return Case("no length", 400, "upload_length_invalid", null);
        yield return Case("both lengths", 400, "upload_length_invalid", null, ("Upload-Length", "1"), ("Upload-Defer-Length", "1"));
        yield return Case("not digits", 400, "upload_length_invalid", null, ("Upload-Length", "-1"));
        yield return Case("signed", 400, "upload_length_invalid", null, ("Upload-Length", "+1"));
        yield return Case("defer 0", 400, "upload_length_invalid", null, ("Upload-Defer-Length", "0"));
        yield return Case("too large", 413, "upload_too_large", null, ("Upload-Length", $"{TestBed.MaxUploadBytes + 1}"));
        yield return Case("past 64 bits", 413, "upload_too_large", null, ("Upload-Length", "99999999999999999999999"));
        yield return Case("concatenation", 400, "concatenation_unsupported", null, ("Upload-Length", "1"), ("Upload-Concat", "partial"));
        yield return Case("no base64", 400, "upload_metadata_invalid", null, ("Upload-Length", "1"), ("Upload-Metadata", "filename a"));
        yield return Case("a key twice", 400, "upload_metadata_invalid", null, ("Upload-Length", "1"), ("Upload-Metadata", "a YQ==,a YQ=="));
        yield return Case("no key", 400, "upload_metadata_invalid", null, ("Upload-Length", "1"), ("Upload-Metadata", "a YQ==,,b YQ=="));
        yield return Case("no UTF-8", 400, "upload_metadata_invalid", null, ("Upload-Length", "1"), ("Upload-Metadata", "filename /w=="));
        yield return Case("no file name", 400, "file_name_invalid", null, ("Upload-Length", "1"), Tus.Metadata(("filename", "..")));
        yield return Case(
            "long metadata", 400, "upload_metadata_invalid", null, ("Upload-Length", "1"), ("Upload-Metadata", new string('a', 8193)));
        yield return Case("more than announced", 400, "inconsistent_upload_length", [1, 2], ("Upload-Length", "1"));
        yield return Case(
            "unknown checksum", 400, "checksum_algorithm_unsupported", [1], ("Upload-Length", "1"), ("Upload-Checksum", "crc32 AAAAAA=="));
        yield return Case("short checksum", 400, "checksum_invalid", [1], ("Upload-Length", "1"), ("Upload-Checksum", "sha1 AAAA"));
        yield return Case("bad digest", 400, "digest_invalid", null, ("Upload-Length", "1"), ("Repr-Digest", "sha-256=1"));
    }

    [TestCaseSource(nameof(BadCreations))]
    public async Task Refuses_a_bad_creation_and_keeps_nothing(int status, string code, byte[]? body, (string, string)[] fields)
    {
        var before = await CountUploads();
        var answer = await Client.BeginWith(address, body, fields);
        answer.ShouldBeTusProblem(status, code);
        answer.Field("Location").ShouldBeNull();
        (await CountUploads()).ShouldBe(before);
    }

    [Test]
    public async Task Refuses_a_body_of_another_type()
    {
        var answer = await Client.Ask(HttpMethod.Post, address, Body.Raw([1]), Tus.Version, ("Upload-Length", "1"));
        answer.ShouldBeTusProblem(415, "media_type_unsupported");
        answer.Field("Accept").ShouldBe(Tus.Chunk);
    }

    [Test]
    public async Task Refuses_other_versions_first()
    {
        var answer = await Client.Ask(HttpMethod.Post, address, null, ("Tus-Resumable", "0.2.2"));
        answer.ShouldBeTusProblem(412, "tus_version_unsupported");
        answer.Field("Tus-Version").ShouldBe("1.0.0");
        (await service.Anonymous.Ask(HttpMethod.Post, address, null, ("Tus-Resumable", "0.2.2"))).Status.ShouldBe(401);
    }

    [Test]
    public async Task Says_what_it_can_without_a_token()
    {
        var answer = await service.Anonymous.Ask(HttpMethod.Options, address);
        answer.Status.ShouldBe(204);
        answer.Field("Allow").ShouldNotBeNull().Split(", ").ShouldBeSubsetOf(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);
        answer.Field("Allow")!.ShouldContain("POST");
        answer.Field("Tus-Resumable").ShouldBe("1.0.0");
        answer.Field("Tus-Version").ShouldBe("1.0.0");
        answer.Field("Tus-Extension").ShouldBe(
            "creation,creation-with-upload,creation-defer-length,expiration,checksum,checksum-trailer,termination");
        answer.Field("Tus-Max-Size").ShouldBe($"{TestBed.MaxUploadBytes}");
        answer.Field("Tus-Checksum-Algorithm").ShouldBe("sha1,md5,sha256,sha512");
        answer.Field("Upload-Limit").ShouldBe($"max-size={TestBed.MaxUploadBytes}, min-size=0, max-age=86400");
    }

    [Test]
    public async Task Stores_what_comes_in_pieces()
    {
        var created = await Client.Begin(address, File.Length, Tus.Metadata(("filename", "film.mp4"), ("filetype", "video/mp4"), ("x", "y")));
        created.Status.ShouldBe(201, created.Text);
        created.Body.ShouldBeEmpty();
        created.Field("Upload-Offset").ShouldBe("0");
        created.Field("Upload-Complete").ShouldBe("?0");
        created.Field("Upload-Expires").ShouldNotBeNull();
        created.Field("Cache-Control").ShouldBe("no-store");
        var upload = created.Field("Location").ShouldNotBeNull();
        upload.ShouldStartWith("/uploads/");

        (await Client.Append(upload, 0, File[..300_000])).ShouldBeAt(300_000);
        var head = await Client.AskOffset(upload);
        head.ShouldBeAt(300_000, 200);
        head.Field("Upload-Length").ShouldBe($"{File.Length}");
        head.Field("Upload-Metadata").ShouldBe(Tus.Metadata(("filename", "film.mp4"), ("filetype", "video/mp4"), ("x", "y")).Item2);
        head.Field("Upload-Complete").ShouldBe("?0");
        (await Client.Append(upload, 300_000, File[300_000..300_001])).ShouldBeAt(300_001);
        var location = (await Client.Append(upload, 300_001, File[300_001..])).ShouldBeFinished(File);
        (await target.Read(service, location)).ShouldBe(File);
        (await Client.AskOffset(upload)).ShouldBeFinished(File, 200).ShouldBe(location);
    }

    [Test]
    public async Task Stores_what_comes_with_its_creation()
    {
        var answer = await Client.BeginWith(address, File, ("Upload-Length", $"{File.Length}"), ("Repr-Digest", File.Sha256Member()));
        (await target.Read(service, answer.ShouldBeFinished(File, 201))).ShouldBe(File);
        answer.Field("Location").ShouldNotBeNull();
    }

    [Test]
    public async Task Goes_on_after_what_comes_with_its_creation()
    {
        var answer = await Client.BeginWith(address, File[..7], ("Upload-Length", $"{File.Length}"));
        answer.ShouldBeAt(7, 201);
        (await Client.Append(answer.Field("Location")!, 7, File[7..])).ShouldBeFinished(File);
    }

    [Test]
    public async Task Stores_an_empty_file_at_once()
    {
        var answer = await Client.Begin(address, 0);
        (await target.Read(service, answer.ShouldBeFinished([], 201))).ShouldBeEmpty();
    }

    [Test]
    public async Task Learns_the_length_late()
    {
        var created = await Client.BeginWith(address, null, ("Upload-Defer-Length", "1"));
        created.Status.ShouldBe(201, created.Text);
        var upload = created.Field("Location")!;
        (await Client.Append(upload, 0, File[..10])).ShouldBeAt(10);
        var head = await Client.AskOffset(upload);
        head.Field("Upload-Defer-Length").ShouldBe("1");
        head.Field("Upload-Length").ShouldBeNull();
        (await Client.Append(upload, 10, [], ("Upload-Length", "9"))).ShouldBeTusProblem(400, "inconsistent_upload_length");
        (await Client.Append(upload, 10, File[10..20], ("Upload-Length", $"{File.Length}"))).ShouldBeAt(20);
        (await Client.Append(upload, 20, File[20..30], ("Upload-Length", $"{File.Length}"))).ShouldBeAt(30);
        (await Client.Append(upload, 30, [], ("Upload-Length", "31"))).ShouldBeTusProblem(400, "inconsistent_upload_length");
        (await Client.Append(upload, 30, File[30..])).ShouldBeFinished(File);
    }

    [Test]
    public async Task Ends_with_the_length_of_what_has_come()
    {
        var upload = (await Client.BeginWith(address, File, ("Upload-Defer-Length", "1"))).Field("Location")!;
        (await Client.Append(upload, File.Length, [], ("Upload-Length", $"{File.Length}"))).ShouldBeFinished(File);
    }

    [Test]
    public async Task Answers_the_end_again()
    {
        var upload = await Client.Have(address, File.Length);
        var first = (await Client.Append(upload, 0, File)).ShouldBeFinished(File);
        (await Client.Append(upload, File.Length, [])).ShouldBeFinished(File).ShouldBe(first);
        var other = await Client.Append(upload, 0, File);
        other.ShouldBeTusProblem(409, "upload_complete");
        other.Field("Upload-Complete").ShouldBe("?0");
        var described = await Client.Ask(HttpMethod.Get, upload);
        described.Status.ShouldBe(200, described.Text);
        described.Json.GetProperty("protocol").GetString().ShouldBe("tus");
        described.Json.GetProperty("target").GetString().ShouldBe(address);
        described.Json.GetProperty("offset").GetInt64().ShouldBe(File.Length);
        described.Json.GetProperty("result").GetProperty("content_location").GetString().ShouldBe(first);
        described.Json.GetProperty("result").GetProperty("status").GetInt32().ShouldBeOneOf(200, 201);
        (await Client.End(upload)).Status.ShouldBe(204);
        (await Client.AskOffset(upload)).Status.ShouldBe(404);
        (await target.Read(service, first)).ShouldBe(File);
    }

    [Test]
    public async Task Refuses_another_offset_and_harms_nothing()
    {
        var upload = await Client.Have(address, File.Length);
        (await Client.Append(upload, 0, File[..10])).ShouldBeAt(10);
        var answer = await Client.Append(upload, 11, File[11..]);
        answer.ShouldBeTusProblem(409, "mismatching_upload_offset");
        answer.Json.GetProperty("type").GetString().ShouldBe("https://iana.org/assignments/http-problem-types#mismatching-upload-offset");
        answer.Json.GetProperty("expected-offset").GetInt64().ShouldBe(10);
        answer.Json.GetProperty("provided-offset").GetInt64().ShouldBe(11);
        answer.Field("Upload-Offset").ShouldBe("10");
        answer.Field("Upload-Complete").ShouldBe("?0");
        (await Client.Append(upload, 10, File[10..])).ShouldBeFinished(File);
    }

    [Test]
    public async Task Refuses_bad_appends_and_harms_nothing()
    {
        var upload = await Client.Have(address, 5);
        (await Client.Ask(HttpMethod.Patch, upload, Body.Create([1], Tus.Chunk), Tus.Version)).ShouldBeTusProblem(400, "upload_offset_missing");
        (await Client.Ask(HttpMethod.Patch, upload, Body.Create([1], Tus.Chunk), Tus.Version, ("Upload-Offset", "x")))
            .ShouldBeTusProblem(400, "upload_offset_invalid");
        var typed = await Client.Ask(HttpMethod.Patch, upload, Body.Raw([1]), Tus.Version, ("Upload-Offset", "0"));
        typed.ShouldBeTusProblem(415, "media_type_unsupported");
        typed.Field("Accept-Patch").ShouldBe(Tus.Chunk);
        (await Client.Append(upload, 0, [1, 2, 3, 4, 5, 6])).ShouldBeTusProblem(400, "inconsistent_upload_length");
        (await Client.Append(upload, 0, [1], ("Upload-Length", "6"))).ShouldBeTusProblem(400, "inconsistent_upload_length");
        (await Client.Append(upload, 0, [1], ("Upload-Checksum", "sha1"))).ShouldBeTusProblem(400, "checksum_invalid");
        (await Client.Append(upload, 0, [1], ("If-Match", "\"x\""))).ShouldBeTusProblem(412, "precondition_failed");
        (await Client.Ask(HttpMethod.Patch, upload, Body.Create([1], Tus.Chunk), ("Upload-Offset", "0"))).ShouldBeTusProblem(412, "tus_version_unsupported");
        (await Client.Ask(HttpMethod.Post, upload, Body.Create([1], Tus.Chunk), Tus.Version)).Status.ShouldBe(405);
        (await Client.Append(upload, 0, [1, 2, 3, 4, 5])).ShouldBeFinished([1, 2, 3, 4, 5]);
    }

    [Test]
    public async Task Cuts_off_what_sends_more_than_it_announced()
    {
        var upload = await Client.Have(address, 5);
        using var body = await Body.Create([1, 2, 3, 4, 5, 6], Tus.Chunk).InChunks();
        var answer = await Client.Ask(HttpMethod.Patch, upload, body, Tus.Version, ("Upload-Offset", "0"));
        answer.ShouldBeTusProblem(400, "inconsistent_upload_length");
        answer.Field("Upload-Complete").ShouldBe("?0");
        (await Client.AskOffset(upload)).Status.ShouldBe(410);
        (await Client.Append(upload, 0, [1])).ShouldBeTusProblem(410, "upload_ended");
    }

    [Test]
    public async Task Cuts_off_what_gets_too_large()
    {
        var upload = (await Client.BeginWith(address, null, ("Upload-Defer-Length", "1"))).Field("Location")!;
        (await Client.Append(upload, 0, new byte[TestBed.MaxUploadBytes + 1])).ShouldBeTusProblem(413, "upload_too_large");
        (await Client.AskOffset(upload)).Status.ShouldBe(410);
    }

    [TestCase("sha1")]
    [TestCase("md5")]
    [TestCase("sha256")]
    [TestCase("sha512")]
    public async Task Counts_a_chunk_with_a_checksum_whole_or_not_at_all(string algorithm)
    {
        byte[] Hash(byte[] bytes) => CryptographicOperations.HashData(new HashAlgorithmName(algorithm.ToUpperInvariant()), bytes);
        var upload = await Client.Have(address, File.Length);
        (await Client.Append(upload, 0, File[..100])).ShouldBeAt(100);
        var wrong = await Client.Append(upload, 100, Files.Make(600_000, 9), ("Upload-Checksum", $"{algorithm} {Convert.ToBase64String(Hash([1]))}"));
        wrong.ShouldBeTusProblem(460, "checksum_mismatch");
        wrong.Field("Upload-Offset").ShouldBe("100");
        (await Client.Append(upload, 100, File[100..400_000], ("Upload-Checksum", $"{algorithm} {Convert.ToBase64String(Hash(File[100..400_000]))}")))
            .ShouldBeAt(400_000);
        (await target.Read(service, (await Client.Append(upload, 400_000, File[400_000..])).ShouldBeFinished(File))).ShouldBe(File);
    }

    [Test]
    public async Task Leaves_nothing_behind_of_a_damaged_chunk_past_the_end()
    {
        var upload = await Client.Have(address, 600_000);
        (await Client.Append(upload, 0, Files.Make(600_000, 9), ("Content-Digest", File.Sha256Member()))).ShouldBeTusProblem(400, "digest_mismatch");
        var small = await Client.Have(await target.Prepare(service), 10);
        (await Client.Append(small, 0, File[..10], ("Content-Digest", File.Sha256Member()))).ShouldBeTusProblem(400, "digest_mismatch");
        var file = Files.Make(600_000, 3);
        (await Client.Append(upload, 0, file, ("Content-Digest", file.Sha256Member()))).ShouldBeFinished(file);
        (await service.Verify()).ShouldBe(0);
    }

    [Test]
    public async Task Keeps_the_upload_whose_first_chunk_was_damaged()
    {
        var answer = await Client.BeginWith(
            address, File[..10], ("Upload-Length", $"{File.Length}"), ("Upload-Checksum", $"md5 {Convert.ToBase64String(new byte[16])}"));
        answer.ShouldBeTusProblem(460, "checksum_mismatch");
        answer.Field("Upload-Offset").ShouldBe("0");
        (await Client.Append(answer.Field("Location").ShouldNotBeNull(), 0, File)).ShouldBeFinished(File);
    }

    [Test]
    public async Task Refuses_a_file_that_is_not_the_announced_one()
    {
        var upload = await Client.Have(address, 3, ("Repr-Digest", File.Sha256Member()));
        var answer = await Client.Append(upload, 0, [1, 2, 3]);
        answer.ShouldBeTusProblem(400, "digest_mismatch");
        answer.Field("Upload-Complete").ShouldBe("?1");
        (await Client.Append(upload, 3, [])).ShouldBeTusProblem(400, "digest_mismatch");
        (await Client.AskOffset(upload)).Status.ShouldBe(410);
        var described = await Client.Ask(HttpMethod.Get, upload);
        described.Status.ShouldBe(200, described.Text);
        described.Json.GetProperty("result").GetProperty("status").GetInt32().ShouldBe(400);
    }

    [Test]
    public async Task Refuses_a_whole_file_at_its_creation_and_keeps_no_upload()
    {
        var before = await CountUploads();
        var answer = await Client.BeginWith(address, [1, 2, 3], ("Upload-Length", "3"), ("Repr-Digest", File.Sha256Member()));
        answer.ShouldBeTusProblem(400, "digest_mismatch");
        answer.Field("Location").ShouldBeNull();
        (await CountUploads()).ShouldBe(before);
    }

    [Test]
    public async Task Serves_clients_that_know_POST_only()
    {
        var upload = await Client.Have(address, 5);
        Task<Answer> Post(string method, byte[] bytes, params (string, string)[] fields) => Client.Ask(
            HttpMethod.Post, upload, Body.Create(bytes, Tus.Chunk), [Tus.Version, ("X-HTTP-Method-Override", method), .. fields]);
        (await Post("PATCH", [1, 2], ("Upload-Offset", "0"))).ShouldBeAt(2);
        (await Post("HEAD", [])).ShouldBeAt(2, 200);
        (await Post("DELETE", [])).Status.ShouldBe(204);
        (await Client.AskOffset(upload)).Status.ShouldBe(404);
    }

    [Test]
    public async Task Is_there_for_its_creator_alone()
    {
        var creator = service.ClientWith(service.Sign(new("creator") { Scope = "records", Projects = [], IsAdmin = false }));
        var set = TusTarget.TemporaryItem;
        var upload = await creator.Have(await set.Prepare(service, creator), 5);
        (await service.Other.AskOffset(upload)).Status.ShouldBe(404);
        (await service.Other.Append(upload, 0, [1])).ShouldBeTusProblem(404, "upload_not_found");
        (await service.Other.End(upload)).Status.ShouldBe(404);
        (await service.Admin.AskOffset(upload)).ShouldBeAt(0, 200);
        (await service.Admin.Append(upload, 0, [1])).ShouldBeTusProblem(404, "upload_not_found");
        (await creator.Ask(HttpMethod.Get, "/uploads")).Json.GetProperty("uploads").EnumerateArray()
            .Select(item => item.Text("id")).ShouldContain(upload["/uploads/".Length..]);
        (await service.Admin.End(upload)).Status.ShouldBe(204);
        (await creator.AskOffset(upload)).Status.ShouldBe(404);
    }

    private async Task<int> CountUploads() => (await Client.Ask(HttpMethod.Get, "/uploads?limit=200")).Json.GetProperty("uploads").GetArrayLength();
}
