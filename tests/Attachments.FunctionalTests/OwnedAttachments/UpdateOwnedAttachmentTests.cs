using System.Globalization;
using System.Text.Json;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.OwnedAttachments;

/// <summary>PUT and PATCH, which do the same.</summary>
[TestFixture("PUT")]
[TestFixture("PATCH")]
internal sealed class UpdateOwnedAttachmentTests(string method) : OwnedAttachmentsFixture
{
    private const string Map = """{"b":1.50,"a":2}""";

    private long id;

    /// <summary>The three types of a body.</summary>
    public enum BodyType
    {
        Json,
        Form,
        Multipart,
    }

    [SetUp]
    public async Task Have() => id = await Owner.Have(
        Photo, ("description", "as it was"), ("sequence_map_for", Map), ("owned_by_org", $"{Organisation}"));

    [Test]
    public async Task Answers_with_the_entry_key_for_key()
    {
        var before = await Owner.Entry(id);
        var answer = await Update(Body.Json("""{"description":"A file for testing","sequence_map_for":"None"}"""));
        var updated = answer.ShouldBeEntry().GetProperty("updated_at").GetString();
        answer.Text.ShouldBe(
            $$"""
            {"id":{{id}},"filename":"nerd_sniping.png","description":"A file for testing",
            "download_url":"/v1/uploaded-file/attachment_{{id}}/nerd_sniping.png","s3_resource_deleted":false,
            "created_at":{{before.RawText("created_at")}},"updated_at":"{{updated}}","sequence_map_for":"None",
            "owned_by_org":{{Organisation}},"owned_by_user":"{{Owner.UserId}}"}
            """.ReplaceLineEndings(""));
        (await Owner.Get(id)).Text.ShouldBe(answer.Text);
        (await Owner.Tag(id)).ShouldBe(answer.Field("ETag"));
    }

    [Test]
    public async Task Changes_only_what_is_sent(
        [Values] BodyType type, [Values("filename", "description", "sequence_map_for", "owned_by_org", "owned_by_user")] string field)
    {
        var before = await Owner.Entry(id);
        var value = field switch
        {
            "sequence_map_for" => """{"z":[1.0],"a":"None"}""",
            "owned_by_org" => "null",
            "owned_by_user" => $"\"{Guid.NewGuid()}\"",
            _ => "\"another ä\"",
        };
        (await Update(Sent(type, field, value))).ShouldBeEntry().RawText(field).ShouldBe(value);
        var after = await Admin.Entry(id);
        var changed = after.Names().Where(key => after.RawText(key) != before.RawText(key)).Except(["updated_at", "download_url"]);
        changed.ShouldBe([field]);
        (await Admin.ReadFile(id)).ShouldBe(Photo);
    }

    [TestCase("/v1/attachments/{0}/")]
    [TestCase("/attachments/{0}")]
    [TestCase("/attachments/{0}/")]
    public async Task Is_served_under_both_prefixes(string target) =>
        (await Owner.Send(method, string.Format(null, target, id), Body.Json("""{"description":"x"}"""))).ShouldBeEntry()
            .GetProperty("description").GetString().ShouldBe("x");

    [Test]
    public async Task A_deep_sequence_map_can_be_read_again_by_every_reader([Values] BodyType type)
    {
        var deepest = Nested(60);
        (await Update(Sent(type, "sequence_map_for", deepest))).ShouldBeEntry().RawText("sequence_map_for").ShouldBe(deepest);
        (await Admin.List($"?limit=1&owned_by_user={Owner.UserId}")).Json[0].RawText("sequence_map_for").ShouldBe(deepest);
        (await Update(Sent(type, "sequence_map_for", Nested(61)))).ShouldBeProblem(400, "sequence_map_invalid");

        static string Nested(int depth) => $"{{\"a\":{new string('[', depth - 1)}{new string(']', depth - 1)}}}";
    }

    [Test]
    public async Task A_sequence_map_holds_no_lone_surrogate([Values] BodyType type) =>
        (await Update(Sent(type, "sequence_map_for", """{"a":["\ud800"]}"""))).ShouldBeProblem(400, "sequence_map_invalid");

    [Test]
    public async Task Renaming_changes_the_download_url_at_once()
    {
        var old = await Owner.DownloadUrl(id);
        var renamed = (await Update(Body.Json("""{"filename":"C:\\new dir\\e\u0301 & 100%.png"}"""))).ShouldBeEntry();
        renamed.GetProperty("filename").GetString().ShouldBe("\u00e9 & 100%.png");
        var url = renamed.GetProperty("download_url").GetString()!;
        url.ShouldBe($"/v1/uploaded-file/attachment_{id}/%C3%A9%20%26%20100%25.png");
        var download = await Owner.Send("GET", url);
        download.Body.ShouldBe(Photo);
        download.Field("Content-Disposition")!.ShouldContain("filename*=UTF-8''%C3%A9%20&%20100%25.png");
        (await Owner.Send("GET", old)).ShouldBeProblem(404, "attachment_not_found");
    }

    [Test]
    public async Task Replaces_the_bytes_and_keeps_the_name([Values(0, Files.Small, Files.Large)] int length, [Values] bool fieldAfter)
    {
        var file = Files.Make(length, seed: 2);
        Part[] parts =
        [
            new("; name=\"file\"; filename=\"other.txt\"", file, "Content-Type: text/plain"),
            Part.Field("description", "new"),
        ];
        var entry = (await Update(Body.Multipart(fieldAfter ? parts : [.. parts.Reverse()]))).ShouldBeEntry();
        entry.GetProperty("filename").GetString().ShouldBe(OwnedFiles.PhotoName);
        entry.GetProperty("description").GetString().ShouldBe("new");
        var download = await Owner.Download(id);
        download.Body.ShouldBe(file);
        download.Field("Content-Type").ShouldBe("text/plain");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task Replaces_the_bytes_and_the_name()
    {
        var entry = (await Update(Body.Multipart(Part.File("file", Large, "b.jpg"), Part.Field("filename", "c.jpg")))).ShouldBeEntry();
        entry.GetProperty("filename").GetString().ShouldBe("c.jpg");
        (await Owner.ReadFile(id)).ShouldBe(Large);
    }

    [Test]
    public async Task The_same_bytes_again_are_a_change()
    {
        var tag = await Owner.Tag(id);
        (await Update(OwnedFiles.Form(Photo))).ShouldBeEntry();
        (await Owner.Tag(id)).ShouldNotBe(tag);
    }

    [Test]
    public async Task What_changes_nothing_leaves_the_version_as_it_was([Values] BodyType type)
    {
        var before = await Owner.Get(id);
        foreach (var (field, value) in new[]
        {
            ("filename", $"\"{OwnedFiles.PhotoName}\""), ("description", "\"as it was\""), ("sequence_map_for", Map),
            ("owned_by_org", $"{Organisation}"), ("owned_by_user", $"\"{Owner.UserId}\""), ("unknown", "\"field\""),
        })
        {
            var answer = await Update(Sent(type, field, value));
            answer.ShouldBeEntry();
            answer.Text.ShouldBe(before.Text);
            answer.Field("ETag").ShouldBe(before.Field("ETag"));
        }

        (await Update(Body.Json("{}"))).Text.ShouldBe(before.Text);
        (await Update(Body.Form())).Text.ShouldBe(before.Text);
        (await Update(Body.Multipart())).Text.ShouldBe(before.Text);
    }

    [Test]
    public async Task Ignores_the_keys_that_are_only_read([Values] BodyType type)
    {
        var before = await Owner.Get(id);
        foreach (var (field, value) in new[]
        {
            ("id", "1"), ("download_url", "\"/x\""), ("s3_resource_deleted", "true"), ("created_at", "\"2020-07-22T05:08:21+0000\""),
            ("updated_at", "[]"),
        })
        {
            (await Update(Sent(type, field, value))).Text.ShouldBe(before.Text);
        }
    }

    [Test]
    public async Task Takes_back_the_whole_entry_that_it_gave()
    {
        var before = await Owner.Get(id);
        (await Update(Body.Json(before.Text))).Text.ShouldBe(before.Text);
    }

    [TestCase("""{"sequence_map_for":null}""", "sequence_map_for", "\"None\"")]
    [TestCase("""{"sequence_map_for":""}""", "sequence_map_for", "\"None\"")]
    [TestCase("""{"sequence_map_for":"None"}""", "sequence_map_for", "\"None\"")]
    [TestCase("""{"sequence_map_for":"\u004eone"}""", "sequence_map_for", "\"None\"")]
    [TestCase("""{"sequence_map_for": { "a" : 1 } }""", "sequence_map_for", """{ "a" : 1 }""")]
    [TestCase("""{"sequence_map_for":7}""", "sequence_map_for", "7")]
    [TestCase("""{"sequence_map_for":"{\"a\":1}"}""", "sequence_map_for", """
        "{\"a\":1}"
        """)]
    [TestCase("""{"owned_by_org":null}""", "owned_by_org", "null")]
    [TestCase("""{"owned_by_org":""}""", "owned_by_org", "null")]
    [TestCase("""{"description":null}""", "description", "\"\"")]
    [TestCase("""{"description":"1","description":"2"}""", "description", "\"2\"")]
    public async Task Takes_what_JSON_can_say(string json, string field, string written) =>
        (await Update(Body.Json(json))).ShouldBeEntry().RawText(field).ShouldBe(written.Trim());

    [TestCase("""{"filename":""}""", "file_name_invalid")]
    [TestCase("""{"description":"x","file":"SGVsbG8="}""", "file_is_text")]
    [TestCase("""{"file":{}}""", "file_is_text")]
    [TestCase("""{"file":""}""", "file_is_text")]
    [TestCase("""{"file":[1,2]}""", "file_is_text")]
    [TestCase("""{"filename":".."}""", "file_name_invalid")]
    [TestCase("""{"filename":5}""", "attachment_invalid")]
    [TestCase("""{"description":{}}""", "attachment_invalid")]
    [TestCase("""{"description":"\ud800"}""", "json_invalid")]
    [TestCase("""{"sequence_map_for":[]}""", "sequence_map_invalid")]
    [TestCase("""{"sequence_map_for":true}""", "sequence_map_invalid")]
    [TestCase("""{"sequence_map_for":1.5}""", "sequence_map_invalid")]
    [TestCase("""{"owned_by_org":1.5}""", "validation_failed")]
    [TestCase("""{"owned_by_org":"x"}""", "validation_failed")]
    [TestCase("""{"owned_by_org":true}""", "attachment_invalid")]
    [TestCase("""{"owned_by_user":""}""", "validation_failed")]
    [TestCase("""{"owned_by_user":"nobody"}""", "validation_failed")]
    [TestCase("""{"owned_by_user":" 06fca1ec-8a9d-485b-8a37-3eba49081aec"}""", "validation_failed")]
    [TestCase("""{"owned_by_user":"0xfca1ec-8a9d-485b-8a37-3eba49081aec"}""", "validation_failed")]
    [TestCase("""{"owned_by_user":"06fca1ec8a9d485b8a373eba49081aec"}""", "validation_failed")]
    [TestCase("""{"owned_by_user":5}""", "attachment_invalid")]
    [TestCase("""[]""", "attachment_invalid")]
    [TestCase("""null""", "attachment_invalid")]
    [TestCase("""{""", "json_invalid")]
    [TestCase("", "json_invalid")]
    public async Task Refuses_what_no_attachment_is_and_changes_nothing(string json, string code)
    {
        var before = await Owner.Get(id);
        (await Update(Body.Json(json))).ShouldBeProblem(400, code);
        (await Owner.Get(id)).Text.ShouldBe(before.Text);
    }

    [TestCase("""{"filename":null,"owned_by_user":null,"file":null}""")]
    [TestCase("""{"filename":null,"description":"as it was"}""")]
    public async Task A_null_that_can_clear_nothing_counts_as_not_sent(string json)
    {
        var before = await Owner.Get(id);
        (await Update(Body.Json(json))).Text.ShouldBe(before.Text);
    }

    [Test]
    public async Task Text_in_the_field_of_the_file_is_refused([Values(BodyType.Form, BodyType.Multipart)] BodyType type)
    {
        var before = await Owner.Get(id);
        (await Update(Sent(type, "file", "\"SGVsbG8=\""))).ShouldBeProblem(400, "file_missing");
        (await Owner.Get(id)).Text.ShouldBe(before.Text);
        (await Owner.ReadFile(id)).ShouldBe(Photo);
    }

    [Test]
    public async Task A_wrong_field_keeps_the_new_bytes_away([Values(Files.Small, Files.Large)] int length)
    {
        var before = await Owner.Get(id);
        var body = Body.Multipart(Part.File("file", Files.Make(length, 3)), Part.Field("owned_by_user", "nobody"));
        (await Update(body)).ShouldBeProblem(400, "validation_failed");
        (await Owner.Get(id)).Text.ShouldBe(before.Text);
        (await Owner.ReadFile(id)).ShouldBe(Photo);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [TestCase(null)]
    [TestCase("text/plain")]
    [TestCase("application/octet-stream")]
    public async Task Refuses_any_other_content_type(string? mediaType) =>
        (await Update(Body.Create("{}"u8.ToArray(), mediaType))).ShouldBeProblem(415, "media_type_unsupported");

    [Test]
    public async Task Happens_only_on_the_version_that_is_named()
    {
        var stale = await Owner.Tag(id);
        (await Update(Body.Json("""{"description":"second"}"""), ("If-Match", stale))).ShouldBeEntry();
        (await Update(Body.Json("""{"description":"third"}"""), ("If-Match", stale))).ShouldBeProblem(412, "precondition_failed");
        (await Update(Body.Json("""{"description":"third"}"""), ("If-None-Match", "*"))).ShouldBeProblem(412, "precondition_failed");
        (await Update(Body.Json("""{"description":"third"}"""), ("If-Match", $"W/{await Owner.Tag(id)}")))
            .ShouldBeProblem(412, "precondition_failed");
        (await Update(Body.Json("""{"description":"third"}"""), ("If-Unmodified-Since", "Wed, 22 Jul 2020 05:08:21 GMT")))
            .ShouldBeProblem(412, "precondition_failed");
        (await Update(Body.Json("""{"description":"third"}"""), ("If-Match", "nonsense"))).ShouldBeProblem(400, "precondition_invalid");
        var entry = await Owner.Get(id);
        entry.Json.GetProperty("description").GetString().ShouldBe("second");

        // The date of a second in which there were two versions names neither.
        var modified = DateTimeOffset.Parse(entry.Field("Last-Modified")!, CultureInfo.InvariantCulture).AddSeconds(2);
        (await Update(Body.Json("""{"description":"third"}"""), ("If-Unmodified-Since", $"{modified:R}"))).ShouldBeEntry();
        (await Update(Body.Json("""{"description":"fourth"}"""), ("If-Match", "*"))).ShouldBeEntry();
    }

    [Test]
    public async Task A_transfer_takes_ones_own_access_with_it()
    {
        (await Update(Body.Json("""{"owned_by_org":null}"""))).ShouldBeEntry();
        var heir = OwnedFiles.For(Service);
        (await Update(Body.Json($$"""{"owned_by_user":"{{heir.UserId.ToString().ToUpperInvariant()}}"}"""))).ShouldBeEntry()
            .GetProperty("owned_by_user").GetGuid().ShouldBe(heir.UserId);
        (await Owner.Get(id)).ShouldBeProblem(403, "attachment_forbidden");
        (await Update(Body.Json($$"""{"owned_by_user":"{{Owner.UserId}}"}"""))).ShouldBeProblem(403, "attachment_forbidden");
        (await heir.ReadFile(id)).ShouldBe(Photo);
    }

    [Test]
    public async Task An_organisation_that_the_caller_does_not_belong_to_is_refused()
    {
        var before = await Owner.Get(id);
        var foreign = NewOrganisation();
        (await Update(Body.Json($$"""{"owned_by_org":{{foreign}},"description":"x"}"""))).ShouldBeProblem(403, "organisation_forbidden");
        (await Owner.Get(id)).Text.ShouldBe(before.Text);
        (await Admin.Send(method, OwnedFiles.Target(id), Body.Json($$"""{"owned_by_org":{{foreign}}}"""))).ShouldBeEntry();

        // It is the organisation that it has, so nothing is changed by naming it.
        (await Update(Body.Json($$"""{"owned_by_org":{{foreign}},"description":"x"}"""))).ShouldBeEntry()
            .GetProperty("description").GetString().ShouldBe("x");
        (await OwnedFiles.For(Service, Organisation).Get(id)).ShouldBeProblem(403, "attachment_forbidden");
        (await OwnedFiles.For(Service, foreign).ReadFile(id)).ShouldBe(Photo);
    }

    [Test]
    public async Task A_refused_one_is_not_asked_for_its_body()
    {
        foreach (var (target, condition, status) in new[]
        {
            (OwnedFiles.Target(long.MaxValue), "X: y", 404),
            (OwnedFiles.Target(id), "If-Match: \"other\"", 412),
        })
        {
            await using var connection = await Service.Connect();
            await connection.Send(Service.RequestHead(
                method, target, $"Content-Type: {Body.MultipartType}", "Content-Length: 1000000", "Expect: 100-continue", condition));
            (await connection.ReadAnswer()).Status.ShouldBe(status);
        }
    }

    private Task<Answer> Update(HttpContent body, params (string, string)[] fields) =>
        Owner.Send(method, OwnedFiles.Target(id), body, fields);

    /// <summary>One field, whose value is given in JSON.</summary>
    private static HttpContent Sent(BodyType type, string field, string json)
    {
        var value = JsonElement.Parse(json);
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : json;
        return type switch
        {
            BodyType.Json => Body.Json($$"""{"{{field}}":{{json}}}"""),
            BodyType.Form => Body.Form((field, text)),
            _ => Body.Multipart(Part.Field(field, text)),
        };
    }
}
