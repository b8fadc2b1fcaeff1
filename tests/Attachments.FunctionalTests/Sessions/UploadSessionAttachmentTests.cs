using System.Security.Cryptography;
using System.Text;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

[TestFixture]
internal sealed class UploadSessionAttachmentTests : SessionsFixture
{
    private static readonly byte[] Small = Files.Make(Files.Small);
    private static readonly byte[] Large = Files.Make(Files.Large);

    /// <summary>Both ways of sending a file.</summary>
    public enum Way
    {
        Raw,
        Multipart,
    }

    [Test]
    public async Task Answers_with_the_length_and_the_md5_of_what_was_stored(
        [Values] Way way, [Values(0, 1, Files.Small, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, 512 << 10, Files.Large)] int length)
    {
        var file = Files.Make(length);
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, "p", Sent(way, file))).ShouldSucceedWith($$"""{"length":{{length}},"md5":"{{file.Md5()}}"}""");
        (await Project.FileIn(Uuid, "p")).ShouldBe(file);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Takes_a_body_in_chunks([Values] Way way, [Values(0, Files.Small, Files.Large)] int length)
    {
        var file = Files.Make(length);
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, "p", await Sent(way, file).InChunks())).ShouldSucceed();
        (await Project.FileIn(Uuid, "p")).ShouldBe(file);
    }

    [Test]
    public async Task Finds_the_field_attachment_among_others()
    {
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, "p", Body.Multipart(
            Part.Field("comment", "x"), Part.File("other", Large), Part.File("attachment", Small, "a.jpg"), Part.Field("after", "y"))))
            .ShouldSucceed().GetProperty("md5").GetString().ShouldBe(Small.Md5());
        (await Project.FileIn(Uuid, "p")).ShouldBe(Small);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task The_last_of_two_attachments_wins()
    {
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, "p", Body.Multipart(Part.File("attachment", Large), Part.File("attachment", Small)))).ShouldSucceed();
        (await Project.FileIn(Uuid, "p")).ShouldBe(Small);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [TestCase(null)]
    [TestCase("text/plain")]
    [TestCase("image/jpeg")]
    [TestCase("application/json")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("multipart/mixed; boundary=x")]
    public async Task Refuses_any_other_content_type(string? mediaType)
    {
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, "p", Body.Create(Small, mediaType))).ShouldBeProblem(400, "media_type_unsupported");
        (await Project.ListAttachments(Uuid)).ShouldSucceedWith("[]");
    }

    private static IEnumerable<HttpContent> WithoutAnAttachment() =>
    [
        Body.Multipart(),
        Body.Multipart(Part.File("file", Small)),
        Body.Multipart(Part.File("Attachment", Small)),
        Body.Multipart(Part.Field("attachment", "no file")),
        Body.Multipart(Part.File("attachment", Small, "")),
        Body.Multipart(new Part("; filename=\"a.jpg\"", Small)),
    ];

    [TestCaseSource(nameof(WithoutAnAttachment))]
    public async Task Refuses_a_form_without_a_file_in_the_field_attachment(HttpContent form)
    {
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, "p", form)).ShouldBeProblem(400, "attachment_missing");
    }

    private static IEnumerable<TestCaseData> BrokenForms()
    {
        var whole = Body.MultipartBytes(Part.File("attachment", Large));
        yield return new TestCaseData("multipart_boundary_missing", whole, "multipart/form-data");
        yield return new TestCaseData("multipart_boundary_invalid", whole, $"multipart/form-data; boundary={new string('b', 71)}");
        yield return new TestCaseData("multipart_invalid", whole, "multipart/form-data; boundary=another");
        yield return new TestCaseData("multipart_invalid", whole[..^10], Body.MultipartType);
        yield return new TestCaseData("multipart_invalid", whole[..^100_000], Body.MultipartType);
        yield return new TestCaseData("multipart_invalid", whole[..40], Body.MultipartType);
        yield return new TestCaseData("multipart_invalid", Array.Empty<byte>(), Body.MultipartType);
    }

    [TestCaseSource(nameof(BrokenForms))]
    public async Task Refuses_a_broken_form(string code, byte[] body, string type)
    {
        await Project.HaveFile(Uuid, "p", Small);
        (await Project.Attach(Uuid, "p", Body.Create(body, type))).ShouldBeProblem(400, code);
        (await Project.FileIn(Uuid, "p")).ShouldBe(Small);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Takes_a_quoted_boundary()
    {
        await Project.Have(Uuid);
        (await Project.Attach(
            Uuid, "p",
            Body.Create(Body.MultipartBytes(Part.File("attachment", Small)), $"multipart/form-data; boundary=\"{Body.Boundary}\"")))
            .ShouldSucceed();
    }

    [Test]
    public async Task Refuses_more_parts_than_allowed()
    {
        await Project.Have(Uuid);
        var fields = Enumerable.Repeat(Part.Field("x", "y"), TestBed.MaxParts - 1).ToList();
        (await Project.Attach(Uuid, "p", Body.Multipart([.. fields, Part.File("attachment", Small)]))).ShouldSucceed();
        (await Project.Attach(Uuid, "p", Body.Multipart([.. fields, Part.Field("x", "y"), Part.File("attachment", Large)])))
            .ShouldBeProblem(413, "too_many_parts");
        (await Project.FileIn(Uuid, "p")).ShouldBe(Small);
    }

    [TestCase("?filename=photo.jpg", "photo.jpg")]
    [TestCase("?filename=my+photo%20%2B.jpg", "my photo +.jpg")]
    [TestCase("?filename=%E5%AD%97.png", "字.png")]
    [TestCase("?filename=C:%5Cpictures%5Ccat.png", "cat.png")]
    [TestCase("?filename=../../etc/passwd", "passwd")]
    [TestCase("?filename=e%CC%81.txt", "é.txt")]
    [TestCase("?filename=a%0Ab%E2%80%AE.txt", "ab.txt")]
    [TestCase("?filename=%EF%BC%A1%EF%BC%8Fb.txt", "Ａ／b.txt")]
    [TestCase("?filename=%D7%AA%E2%80%8F.txt", "ת.txt")]
    [TestCase("?filename=", "the point.txt")]
    [TestCase("", "the point.txt")]
    public async Task Names_a_raw_file_by_the_query_or_else_by_its_point(string query, string expected)
    {
        await Project.Have(Uuid);
        (await Project.Send(HttpMethod.Put, Project.Attachment(Uuid, "the point.txt") + query, Body.Raw(Small))).ShouldSucceed();
        (await GetFileName("the point.txt")).ShouldBe(expected);
    }

    [TestCase("; name=\"attachment\"; filename=\"photo.jpg\"", "photo.jpg")]
    [TestCase("; name=attachment; filename=photo.jpg", "photo.jpg")]
    [TestCase("; filename=\"photo.jpg\"; name=\"attachment\"", "photo.jpg")]
    [TestCase("; name=\"attachment\"; filename=\"ä 字.jpg\"", "ä 字.jpg")]
    [TestCase("; name=\"attachment\"; filename=\"x\"; filename*=UTF-8''%e5%ad%97.jpg", "字.jpg")]
    [TestCase("; name=\"attachment\"; filename=\"=?utf-8?B?5a2XLmpwZw==?=\"", "字.jpg")]
    [TestCase("; name=\"attachment\"; filename=\"C:\\fakepath\\cat.png\"", "cat.png")]
    [TestCase("; name=\"attachment\"; filename=\"50%.jpg\"", "50%.jpg")]
    [TestCase("; name=\"attachment\"; filename=\"ＡＢＣ／写真．ｊｐｇ\"", "ＡＢＣ／写真．ｊｐｇ")]
    [TestCase("; name=\"attachment\"; filename=\"\u202Bתמונה.jpg\u202C\"", "תמונה.jpg")]
    [TestCase("; name=\"attachment\"; filename=\"صورة\u200F.jpg\"", "صورة.jpg")]
    [TestCase("; name=\"attachment\"; filename=\"C:\\フォルダ\\カ\u3099.png\"", "ガ.png")]
    public async Task Names_a_file_of_a_form_as_its_part_says(string disposition, string expected)
    {
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, "p", Body.Multipart(new Part(disposition, Small)))).ShouldSucceed();
        (await GetFileName("p")).ShouldBe(expected);
        var shown = (await Project.Download(Uuid, "p")).Field("Content-Disposition")!;
        var extended = shown.Split("filename*=UTF-8''");
        (extended.Length > 1 ? Uri.UnescapeDataString(extended[1]) : shown.Split('"')[1]).ShouldBe(expected);
    }

    [Test]
    public async Task Refuses_what_no_file_can_be_called([Values] Way way, [Values("..", ".", "a/", "\u0001")] string name)
    {
        await Project.Have(Uuid);
        (await SendNamed(way, name)).ShouldBeProblem(400, "file_name_invalid");
    }

    [Test]
    public async Task A_file_name_has_up_to_255_bytes([Values] Way way)
    {
        await Project.Have(Uuid);
        // Of one to four bytes a character; the last one fits, or is cut by nobody.
        foreach (var (character, rest) in new[] { ("x", ""), ("ä", "x"), ("字", ""), ("😀", "字") })
        {
            var bytes = Encoding.UTF8.GetByteCount(character);
            var longest = string.Concat(Enumerable.Repeat(character, 255 / bytes)) + rest;
            (await SendNamed(way, longest)).ShouldSucceed();
            (await GetFileName("p")).ShouldBe(longest);
            (await SendNamed(way, longest + character)).ShouldBeProblem(400, "file_name_too_long");
        }
    }

    [Test]
    public async Task Refuses_two_names_in_the_query()
    {
        await Project.Have(Uuid);
        (await Project.Send(HttpMethod.Put, Project.Attachment(Uuid, "p") + "?filename=a&filename=b", Body.Raw(Small)))
            .ShouldBeProblem(400, "file_name_invalid");
    }

    [TestCase("\"p\":\"scalar\"")]
    [TestCase("\"p\":{\"rawData\":\"AQ==\"}")]
    [TestCase("\"q\":\"scalar\"")]
    public async Task Replaces_whatever_the_point_held(string points)
    {
        await Project.Have(Uuid, points);
        (await Project.Attach(Uuid, "p", Body.Raw(Small))).ShouldSucceed();
        (await Project.Get(Uuid)).ShouldSucceed().GetProperty("data").GetProperty("p").GetProperty("md5").GetString().ShouldBe(Small.Md5());
    }

    [TestCase(Files.Small, Files.Large)]
    [TestCase(Files.Large, Files.Small)]
    [TestCase(Files.Large, 0)]
    public async Task Replaces_the_previous_file(int first, int second)
    {
        await Project.HaveFile(Uuid, "p", Files.Make(first, 1));
        var blobs = await Settled();
        (await Project.Attach(Uuid, "p", Body.Raw(Files.Make(second, 2)))).ShouldSucceed();
        (await Settled()).ShouldBe(blobs);
        (await Project.FileIn(Uuid, "p")).ShouldBe(Files.Make(second, 2));
    }

    [Test]
    public async Task The_same_file_twice_is_stored_anew()
    {
        await Project.HaveFile(Uuid, "p", Small);
        (await Project.Attach(Uuid, "p", Body.Raw(Small))).ShouldSucceed();
        (await Project.Attach(Uuid, "q", Body.Raw(Small))).ShouldSucceed();
        (await Project.Detach(Uuid, "p")).ShouldSucceed();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Project.FileIn(Uuid, "q")).ShouldBe(Small);
    }

    [Test]
    public async Task Saves_the_session()
    {
        await Project.Have(Uuid);
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        (await Project.Attach(Uuid, "p", Body.Raw(Small))).ShouldSucceed();
        var session = (await Project.Get(Uuid)).ShouldSucceed();
        session.GetProperty("saved").GetInt64().ShouldBeInRange(before, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        session.GetProperty("created").GetInt64().ShouldBe(100);
    }

    [Test]
    public async Task Creates_no_session()
    {
        (await Project.Attach(Uuid, "p", Body.Raw(Small))).ShouldBeProblem(404, "session_not_found");
        (await Project.Attach(Uuid, "p", Body.Create(Small, "text/plain"))).ShouldBeProblem(404, "session_not_found");
    }

    [TestCase("photo 1.jpg")]
    [TestCase("a/b/../c")]
    [TestCase("50%")]
    [TestCase("%2F")]
    [TestCase("a+b")]
    [TestCase("a?b#c&d=e;f:g@h")]
    [TestCase("[data][x]")]
    [TestCase("...")]
    [TestCase(" ")]
    [TestCase("\"quoted\\\"")]
    [TestCase("ünïcödé 字 😀")]
    [TestCase("e\u0301")]
    [TestCase("\t\n")]
    public async Task A_point_may_have_any_name(string point)
    {
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, point, Body.Raw(Small))).ShouldSucceed();
        (await Project.FileIn(Uuid, point)).ShouldBe(Small);
        var shown = (await Project.Get(Uuid)).ShouldSucceed().GetProperty("data");
        shown.Names().ShouldBe([point]);
        var address = shown.GetProperty(point).GetProperty("url").GetString()!;
        (await Project.Send(HttpMethod.Get, address)).Body.ShouldBe(Small);
        (await Project.Detach(Uuid, point)).ShouldSucceed();
        (await Project.Get(Uuid)).ShouldSucceed().GetProperty("data").ShouldBeJson("{}");
    }

    [Test]
    public async Task A_plus_in_the_path_is_a_plus()
    {
        await Project.HaveFile(Uuid, "a+b", Small);
        (await Project.Send(HttpMethod.Get, $"{Project.Attachments(Uuid)}/a+b")).Body.ShouldBe(Small);
        (await Project.Send(HttpMethod.Get, $"{Project.Attachments(Uuid)}/a%20b")).ShouldBeProblem(404, "attachment_not_found");
    }

    [TestCase("255", 200)]
    [TestCase("256", 400)]
    public async Task A_point_name_has_up_to_255_characters(string length, int status)
    {
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, new string('ä', int.Parse(length, null)), Body.Raw(Small))).Status.ShouldBe(status);
    }

    [TestCase("%ff")]
    [TestCase("%zz")]
    [TestCase("..")]
    [TestCase("%2e%2e")]
    public async Task Refuses_a_point_name_that_no_path_can_hold(string segment)
    {
        await Project.Have(Uuid);
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead(
            "PUT", $"{Project.Attachments(Uuid)}/{segment}", "Content-Type: application/octet-stream", "Content-Length: 0"));
        (await connection.ReadAnswer()).ShouldBeProblem(400, "path_invalid");
    }

    private static IEnumerable<TestCaseData> Digests()
    {
        static TestCaseData Case(string field, string value, string? code) =>
            new TestCaseData(field, value, code).SetArgDisplayNames(field, value);
        static string Base64(byte[] digest) => Convert.ToBase64String(digest);
        var (md5, sha512) = (Base64(MD5.HashData(Large)), Base64(SHA512.HashData(Large)));
        var wrong = Files.Make(64);
        yield return Case("Content-MD5", md5, null);
        yield return Case("Content-MD5", Base64(wrong[..16]), "digest_mismatch");
        yield return Case("Content-MD5", "nonsense", "digest_invalid");
        yield return Case("Content-MD5", Large.Md5(), "digest_invalid");
        foreach (var field in new[] { "Content-Digest", "Repr-Digest" })
        {
            yield return Case(field, Large.Sha256Member(), null);
            yield return Case(field, $"sha-512=:{sha512}:, md5=:{md5}:", null);
            yield return Case(field, "unknown=:AQ==:", null);
            yield return Case(field, wrong.Sha256Member(), "digest_mismatch");
            yield return Case(field, $"{Large.Sha256Member()}, sha-512=:{Base64(wrong)}:", "digest_mismatch");
            yield return Case(field, $"md5=:{Base64(wrong[..16])}:", "digest_mismatch");
            yield return Case(field, "sha-256", "digest_invalid");
            yield return Case(field, "sha-256=:AQ==:", "digest_invalid");
            yield return Case(field, "sha-256=:!:", "digest_invalid");
            yield return Case(field, "=", "digest_invalid");
        }
    }

    [TestCaseSource(nameof(Digests))]
    public async Task Compares_the_digests_of_a_raw_body(string field, string value, string? code) =>
        await ShouldBeTakenUnless(code, Body.Raw(Large).With(field, value));

    [TestCaseSource(nameof(Digests))]
    public async Task Compares_the_digests_of_a_part(string field, string value, string? code) =>
        await ShouldBeTakenUnless(code, Body.Multipart(Part.File("attachment", Large, "x", $"{field}: {value}")));

    [Test]
    public async Task The_digests_of_a_multipart_request_are_those_of_its_whole_body()
    {
        var body = Body.MultipartBytes(Part.File("attachment", Large));
        await ShouldBeTakenUnless(null, Body.Create(body, Body.MultipartType).With("Content-Digest", body.Sha256Member()));
        await ShouldBeTakenUnless("digest_mismatch", Body.Create(body, Body.MultipartType).With("Content-Digest", Large.Sha256Member()));
    }

    [TestCase("gzip")]
    [TestCase("identity, br")]
    public async Task Refuses_a_content_encoding(string encoding)
    {
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, "p", Body.Raw(Small).With("Content-Encoding", encoding)))
            .ShouldBeProblem(415, "content_encoding_unsupported");
        (await Project.Attach(Uuid, "p", Body.Multipart(Part.File("attachment", Small, "x", $"Content-Encoding: {encoding}"))))
            .ShouldBeProblem(415, "content_encoding_unsupported");
        (await Project.Attach(Uuid, "p", Body.Raw(Small).With("Content-Encoding", "identity"))).ShouldSucceed();
    }

    [Test]
    public async Task Refuses_a_range_of_a_file([Values] Way way)
    {
        await Project.Have(Uuid);
        (await Project.Attach(Uuid, "p", Sent(way, Small).With("Content-Range", "bytes 0-999/2000")))
            .ShouldBeProblem(400, "content_range_unsupported");
    }

    [Test]
    public async Task Takes_files_up_to_the_limit_and_not_one_byte_more([Values] Way way, [Values] bool chunked)
    {
        await Project.Have(Uuid);
        var most = Files.Make(TestBed.MaxUploadBytes);
        (await Project.Attach(Uuid, "p", await Of(most))).ShouldSucceed();
        (await Project.Attach(Uuid, "p", await Of([.. most, 0]))).ShouldBeProblem(413, "upload_too_large");
        (await Project.FileIn(Uuid, "p")).ShouldBe(most);
        await Service.ShouldKeepOnlyWhatIsReferredTo();

        async Task<HttpContent> Of(byte[] file) => chunked ? await Sent(way, file).InChunks() : Sent(way, file);
    }

    [Test]
    public async Task Refuses_a_length_over_the_limit_before_the_body_is_sent()
    {
        await Project.Have(Uuid);
        await using var connection = await Service.Connect();
        await connection.Send(PutHead($"Content-Length: {TestBed.MaxUploadBytes + 1}", "Expect: 100-continue"));
        (await connection.ReadAnswer()).ShouldBeProblem(413, "upload_too_large");
    }

    [Test]
    public async Task Refuses_chunks_as_soon_as_the_limit_is_passed()
    {
        await Project.Have(Uuid);
        await using var connection = await Service.Connect();
        await connection.Send(PutHead("Transfer-Encoding: chunked"));
        await connection.Send($"{TestBed.MaxUploadBytes + 1:x}\r\n");
        await connection.Send(new byte[TestBed.MaxUploadBytes + 1]);
        await connection.Send("\r\n");
        (await connection.ReadAnswer()).ShouldBeProblem(413, "upload_too_large");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Asks_for_the_body_once_nothing_speaks_against_it()
    {
        await Project.Have(Uuid);
        await using var connection = await Service.Connect();
        await connection.Send(PutHead($"Content-Length: {Small.Length}", "Expect: 100-continue"));
        (await connection.ReadAnswer()).Status.ShouldBe(100);
        await connection.Send(Small);
        (await connection.ReadAnswer()).ShouldSucceed().GetProperty("md5").GetString().ShouldBe(Small.Md5());
    }

    private static IEnumerable<TestCaseData> Conditions()
    {
        var (here, other) = (Small.EntityTag(), "\"other\"");
        yield return new TestCaseData("If-Match", here, true, 200);
        yield return new TestCaseData("If-Match", $"{other}, {here}", true, 200);
        yield return new TestCaseData("If-Match", "*", true, 200);
        yield return new TestCaseData("If-Match", other, true, 412);
        yield return new TestCaseData("If-Match", $"W/{here}", true, 412);
        yield return new TestCaseData("If-Match", "*", false, 412);
        yield return new TestCaseData("If-Match", here, false, 412);
        yield return new TestCaseData("If-None-Match", "*", false, 200);
        yield return new TestCaseData("If-None-Match", "*", true, 412);
        yield return new TestCaseData("If-None-Match", here, true, 412);
        yield return new TestCaseData("If-None-Match", $"W/{here}", true, 412);
        yield return new TestCaseData("If-None-Match", other, true, 200);
        yield return new TestCaseData("If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT", true, 412);
        yield return new TestCaseData("If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT", false, 200);
        yield return new TestCaseData("If-Unmodified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", true, 200);
        yield return new TestCaseData("If-Match", "unquoted", true, 400);
        yield return new TestCaseData("If-None-Match", "unquoted", false, 400);
        yield return new TestCaseData("If-Unmodified-Since", "yesterday", true, 400);
    }

    [TestCaseSource(nameof(Conditions))]
    public async Task Replaces_the_file_only_under_the_conditions_sent(string field, string value, bool isThere, int status)
    {
        await Project.Have(Uuid, "\"p\":\"scalar\"");
        if (isThere)
        {
            (await Project.Attach(Uuid, "p", Body.Raw(Small))).ShouldSucceed();
        }

        var answer = await Project.Attach(Uuid, "p", Body.Raw(Large), (field, value));
        answer.Status.ShouldBe(status, answer.Text);
        if (status == 200)
        {
            (await Project.FileIn(Uuid, "p")).ShouldBe(Large);
            return;
        }

        answer.ShouldBeProblem(status, status == 412 ? "precondition_failed" : "precondition_invalid");
        (await Project.Download(Uuid, "p")).Status.ShouldBe(isThere ? 200 : 404);
        (await Project.Get(Uuid)).ShouldSucceed().GetProperty("data").ToString().ShouldContain(isThere ? Small.Md5() : "scalar");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    private static HttpContent Sent(Way way, byte[] file) =>
        way == Way.Raw ? Body.Raw(file) : Body.Multipart(Part.File("attachment", file));

    private Task<Answer> SendNamed(Way way, string name) => way == Way.Raw
        ? Project.Send(HttpMethod.Put, $"{Project.Attachment(Uuid, "p")}?filename={Uri.EscapeDataString(name)}", Body.Raw(Small))
        : Project.Attach(Uuid, "p", Body.Multipart(Part.File("attachment", Small, name)));

    private string PutHead(params string[] fields) =>
        Service.RequestHead("PUT", Project.Attachment(Uuid, "p"), ["Content-Type: application/octet-stream", .. fields]);

    private async Task ShouldBeTakenUnless(string? code, HttpContent body)
    {
        await Project.HaveFile(Uuid, "p", Small);
        var answer = await Project.Attach(Uuid, "p", body);
        if (code is null)
        {
            answer.ShouldSucceed();
        }
        else
        {
            answer.ShouldBeProblem(400, code);
            await Service.ShouldKeepOnlyWhatIsReferredTo();
        }

        (await Project.FileIn(Uuid, "p")).ShouldBe(code is null ? Large : Small);
    }

    private async Task<string> GetFileName(string point) =>
        (await Project.Get(Uuid)).ShouldSucceed().GetProperty("data").GetProperty(point).GetProperty("filename").GetString()!;

    private static async Task<long> Settled()
    {
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        return await Service.CountBlobs();
    }
}
