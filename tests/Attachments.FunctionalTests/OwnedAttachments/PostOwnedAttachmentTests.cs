using System.Globalization;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.OwnedAttachments;

[TestFixture]
internal sealed class PostOwnedAttachmentTests : OwnedAttachmentsFixture
{
    [Test]
    public async Task Answers_with_the_entry_key_for_key()
    {
        var answer = await Owner.Create(Photo, ("description", "A file for testing"), ("owned_by_org", $"{Organisation}"));
        var entry = answer.ShouldBeEntry(201);
        var id = entry.GetProperty("id").GetInt64();
        var created = entry.GetProperty("created_at").GetString()!;
        answer.Text.ShouldBe(
            $$"""
            {"id":{{id}},"filename":"nerd_sniping.png","description":"A file for testing",
            "download_url":"/v1/uploaded-file/attachment_{{id}}/nerd_sniping.png","s3_resource_deleted":false,
            "created_at":"{{created}}","updated_at":"{{created}}","sequence_map_for":"None",
            "owned_by_org":{{Organisation}},"owned_by_user":"{{Owner.UserId}}"}
            """.ReplaceLineEndings(""));
        created.ShouldMatch(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000\z");
        var time = DateTimeOffset.ParseExact(created, "yyyy-MM-dd'T'HH:mm:ss'+0000'", null, DateTimeStyles.AssumeUniversal);
        time.ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        answer.Field("Location").ShouldBe($"/v1/attachments/{id}");
        (await Owner.Get(id)).Text.ShouldBe(answer.Text);
        (await Owner.Tag(id)).ShouldBe(answer.Field("ETag"));
        (await Owner.ReadFile(id)).ShouldBe(Photo);
    }

    [TestCase("/v1/attachments")]
    [TestCase("/v1/attachments/")]
    [TestCase("/attachments")]
    [TestCase("/attachments/")]
    public async Task Is_served_under_both_prefixes(string collection)
    {
        var answer = await Owner.Send("POST", collection, OwnedFiles.Form(Photo));
        var id = answer.ShouldBeEntry(201).GetProperty("id").GetInt64();
        answer.Field("Location").ShouldBe($"{collection.TrimEnd('/')}/{id}");
        (await Owner.Send("GET", answer.Field("Location")!)).ShouldBeEntry();
        answer.Json.GetProperty("download_url").GetString().ShouldStartWith("/v1/uploaded-file/");
    }

    [Test]
    public async Task Takes_the_fields_in_any_order([Values(0, 1, 2, 3)] int before, [Values(Files.Small, Files.Large)] int length)
    {
        var file = Files.Make(length);
        Part[] fields =
        [
            Part.Field("filename", "map.txt"), Part.Field("description", "before or after"),
            Part.Field("sequence_map_for", """{"id":5}"""),
        ];
        var answer = await Owner.Create(Body.Multipart([.. fields[..before], Part.File("file", file), .. fields[before..]]));
        var entry = answer.ShouldBeEntry(201);
        entry.GetProperty("filename").GetString().ShouldBe("map.txt");
        entry.GetProperty("description").GetString().ShouldBe("before or after");
        entry.RawText("sequence_map_for").ShouldBe("""{"id":5}""");
        (await Owner.ReadFile(entry.GetProperty("id").GetInt64())).ShouldBe(file);
    }

    [Test]
    public async Task The_last_of_a_field_and_of_a_file_counts()
    {
        var answer = await Owner.Create(Body.Multipart(
            Part.Field("description", "1"),
            Part.File("file", Large, "a.jpg"),
            Part.Field("description", "2"),
            Part.File("file", Photo, "b.jpg")));
        var entry = answer.ShouldBeEntry(201);
        entry.GetProperty("description").GetString().ShouldBe("2");
        entry.GetProperty("filename").GetString().ShouldBe("b.jpg");
        (await Owner.ReadFile(entry.GetProperty("id").GetInt64())).ShouldBe(Photo);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [TestCase("", OwnedFiles.PhotoName)]
    [TestCase(@"C:\maps\a b.txt", "a b.txt")]
    [TestCase("e\u0301.txt", "\u00e9.txt")]
    public async Task The_name_is_that_of_the_part_unless_one_is_sent(string sent, string name)
    {
        var id = await Owner.Have(Photo, ("filename", sent));
        (await Owner.Entry(id)).GetProperty("filename").GetString().ShouldBe(name);
    }

    private static IEnumerable<HttpContent?> WithoutBytes() =>
    [
        null,
        Body.Json("""{"filename":"a.txt"}"""),
        Body.Json("not even JSON"),
        Body.Form(("filename", "a.txt"), ("file", "no bytes")),
        Body.Multipart(),
        Body.Multipart(Part.Field("file", "no file")),
        Body.Multipart(Part.File("file", Photo, "")),
    ];

    [Test]
    public async Task Refuses_a_request_without_bytes()
    {
        foreach (var body in WithoutBytes())
        {
            (await Owner.Send("POST", OwnedFiles.Collection, body)).ShouldBeProblem(400, "file_missing");
        }

        await ShouldOwnNothing();
    }

    [TestCase("text/plain")]
    [TestCase("application/octet-stream")]
    [TestCase("multipart/mixed; boundary=x")]
    public async Task Refuses_any_other_content_type(string mediaType) =>
        (await Owner.Create(Body.Create(Photo, mediaType))).ShouldBeProblem(415, "media_type_unsupported");

    [TestCase("06fca1ec-8a9d-485b-8a37-3eba49081aec")]
    [TestCase("nobody")]
    [TestCase("")]
    public async Task The_owner_is_the_caller_whoever_is_named(string user)
    {
        var id = await Owner.Have(Photo, ("owned_by_user", user), ("id", "1"), ("s3_resource_deleted", "true"));
        (await Owner.Entry(id)).GetProperty("owned_by_user").GetGuid().ShouldBe(Owner.UserId);
    }

    [TestCase("""{"b":1,"a":[1.50,2e3],"b":2}""")]
    [TestCase("""{ "name" : "pUC19\u0000\n" }""")]
    [TestCase("{}")]
    [TestCase("5")]
    [TestCase("-0")]
    [TestCase("123456789012345678901234567890")]
    [TestCase("\"a string\"")]
    [TestCase("\" None\"")]
    [TestCase("\"\\u00e4/ä\"")]
    public async Task Echoes_a_sequence_map_to_the_letter(string json)
    {
        var id = await Owner.Have(Photo, ("sequence_map_for", json));
        (await Owner.Entry(id)).RawText("sequence_map_for").ShouldBe(json);
        var padded = await Owner.Have(Photo, ("sequence_map_for", $" {json}\r\n"));
        (await Owner.Entry(padded)).RawText("sequence_map_for").ShouldBe(json);
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("None")]
    [TestCase("\"None\"")]
    [TestCase("\"\"")]
    public async Task An_unset_sequence_map_is_written_None(string text)
    {
        var id = await Owner.Have(Photo, ("sequence_map_for", text));
        (await Owner.Entry(id)).RawText("sequence_map_for").ShouldBe("\"None\"");
    }

    [TestCase("pUC19")]
    [TestCase("none")]
    [TestCase("[]")]
    [TestCase("true")]
    [TestCase("1.5")]
    [TestCase("1e3")]
    [TestCase("{\"a\":1")]
    [TestCase("{} {}")]
    [TestCase("\"\\ud800\"")]
    public async Task Refuses_any_other_sequence_map(string text)
    {
        (await Owner.Create(Photo, ("sequence_map_for", text))).ShouldBeProblem(400, "sequence_map_invalid");
        await ShouldOwnNothing();
    }

    [TestCase("")]
    [TestCase("null")]
    public async Task Is_shared_with_nobody_where_no_organisation_is_named(string organisation)
    {
        var id = await Owner.Have(Photo, ("owned_by_org", organisation));
        (await Owner.Entry(id)).RawText("owned_by_org").ShouldBe("null");
    }

    [TestCase("three")]
    [TestCase("3.0")]
    [TestCase("+3")]
    [TestCase(" 3")]
    [TestCase("9223372036854775808")]
    public async Task Refuses_what_is_no_organisation(string text)
    {
        var problem = (await Owner.Create(Photo, ("owned_by_org", text))).ShouldBeProblem(400, "validation_failed");
        problem.GetProperty("errors").Names().ShouldBe(["owned_by_org"]);
        await ShouldOwnNothing();
    }

    [Test]
    public async Task Is_shared_only_with_an_organisation_of_the_caller([Values(Files.Small, Files.Large)] int length)
    {
        var foreign = NewOrganisation();
        (await Owner.Create(Files.Make(length), ("owned_by_org", $"{foreign}"))).ShouldBeProblem(403, "organisation_forbidden");
        await ShouldOwnNothing();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Admin.Create(Photo, ("owned_by_org", $"{foreign}"))).ShouldBeEntry(201)
            .GetProperty("owned_by_org").GetInt64().ShouldBe(foreign);
    }

    [Test]
    public async Task Refuses_a_description_that_is_too_long()
    {
        var longest = string.Concat(Enumerable.Repeat("😀", 10_000));
        var id = await Owner.Have(Photo, ("description", longest));
        (await Owner.Entry(id)).GetProperty("description").GetString().ShouldBe(longest);
        (await Owner.Create(Photo, ("description", longest + "."))).ShouldBeProblem(400, "description_invalid");
        (await Owner.Create(Photo, ("description", "a\0b"))).ShouldBeProblem(400, "description_invalid");
    }

    [TestCase("..")]
    [TestCase("a/")]
    [TestCase("\u0001")]
    public async Task Refuses_what_no_file_can_be_called(string name)
    {
        (await Owner.Create(Photo, ("filename", name))).ShouldBeProblem(400, "file_name_invalid");
        await ShouldOwnNothing();
    }

    [Test]
    public async Task Refuses_bytes_that_are_not_those_that_were_sent()
    {
        var digest = Files.Make(5).Sha256Member();
        var part = Part.File("file", Photo, "a.jpg", $"Content-Digest: {digest}");
        (await Owner.Create(Body.Multipart(part))).ShouldBeProblem(400, "digest_mismatch");
        (await Owner.Create(OwnedFiles.Form(Photo).With("Content-Digest", digest))).ShouldBeProblem(400, "digest_mismatch");
        await ShouldOwnNothing();
    }

    [Test]
    public async Task Refuses_a_file_over_the_limit_and_reclaims_what_came()
    {
        (await Owner.Create(Files.Make(TestBed.MaxUploadBytes + 1))).ShouldBeProblem(413, "upload_too_large");
        await ShouldOwnNothing();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [TestCase("If-None-Match", "*", 201)]
    [TestCase("If-None-Match", "\"1-0\"", 201)]
    [TestCase("If-Match", "*", 412)]
    [TestCase("If-Match", "\"1-0\"", 412)]
    [TestCase("If-Match", "nonsense", 400)]
    [TestCase("If-Unmodified-Since", "nonsense", 400)]
    public async Task There_is_nothing_before_it_for_conditions_to_name(string field, string value, int status) =>
        (await Owner.Create(OwnedFiles.Form(Photo), (field, value))).Status.ShouldBe(status);

    [Test]
    public async Task Never_uses_an_id_again()
    {
        var first = await Owner.Have(Photo);
        (await Owner.Delete(first)).Status.ShouldBe(204);
        (await Owner.Have(Photo)).ShouldBeGreaterThan(first);
        (await Owner.Get(first)).ShouldBeProblem(404, "attachment_not_found");
    }

    [Test]
    public async Task A_connection_that_drops_leaves_nothing()
    {
        var body = Body.MultipartBytes(Part.File("file", Large));
        await using (var connection = await Service.Connect())
        {
            await connection.Send(Service.RequestHead(
                "POST", OwnedFiles.Collection, $"Content-Type: {Body.MultipartType}", $"Content-Length: {body.Length}"));
            await connection.Send(body[..^10]);
            connection.Drop();
        }

        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    private async Task ShouldOwnNothing() =>
        (await Admin.List($"?owned_by_user={Owner.UserId}")).Field("X-Total-Count").ShouldBe("0");
}
