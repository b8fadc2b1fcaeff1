using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Records;

/// <summary>Reading, replacing, patching and deleting one record.</summary>
[TestFixture]
internal sealed class RecordTests : RecordsFixture
{
    private static readonly byte[] File = Files.Make(Files.Small);

    [Test]
    public async Task PUT_creates_then_replaces_and_leaves_the_files()
    {
        (await Forms.Put("57", """{"a":1,"b":2}""")).ShouldBeDocument(201);
        await Forms.HaveFile("57", "x.png", File);
        var replaced = await Forms.Put("57", """{"c":3}""");
        GetAttributes(replaced).ShouldBeJson("""{"c":3}""");
        GetAttributes(await Forms.Get("57")).ShouldBeJson("""{"c":3}""");
        (await Forms.Download("57", "x.png")).Body.ShouldBe(File);
    }

    [Test]
    public async Task PUT_needs_no_id_but_refuses_another()
    {
        (await Forms.Send(HttpMethod.Put, Forms.Record("1"), Forms.Document())).ShouldBeDocument(201);
        (await Forms.Send(HttpMethod.Put, Forms.Record("1"), Forms.Document(id: "2"))).ShouldBeErrors(409, "id_conflict");
    }

    [Test]
    public async Task PATCH_sets_each_attribute_as_a_whole()
    {
        await Forms.Have("1", """{"a":{"x":1,"y":2},"b":2,"n":1.50}""");
        GetAttributes(await Forms.Patch("1", """{"a":{"z":3},"b":null,"new":[1]}"""))
            .GetRawText().ShouldBe("""{"a":{"z":3},"b":null,"n":1.50,"new":[1]}""");
    }

    [Test]
    public async Task PATCH_needs_the_id_of_the_record()
    {
        await Forms.Have("1");
        (await Forms.Send(HttpMethod.Patch, Forms.Record("1"), Forms.Document()))
            .ShouldBeErrors(400, "document_invalid", """{"pointer":"/data"}""");
        (await Forms.Send(HttpMethod.Patch, Forms.Record("1"), Forms.Document(id: "2"))).ShouldBeErrors(409, "id_conflict");
    }

    [Test]
    public async Task Members_that_are_null_count_as_not_sent()
    {
        await Forms.Have("1", """{"a":1}""");
        var named = FormType.CreateDocument($$"""{"data":{"type":"record","id":"{{Forms.Name}}/1","attributes":null} }""");
        GetAttributes(await Forms.Send(HttpMethod.Patch, Forms.Record("1"), named)).ShouldBeJson("""{"a":1}""");
        const string Unnamed = """{"data":{"type":"record","id":null,"attributes":null}}""";
        (await Forms.Send(HttpMethod.Patch, Forms.Record("1"), FormType.CreateDocument(Unnamed)))
            .ShouldBeErrors(400, "document_invalid", """{"pointer":"/data"}""");
        GetAttributes(await Forms.Send(HttpMethod.Put, Forms.Record("1"), FormType.CreateDocument(Unnamed))).ShouldBeJson("{}");
    }

    [Test]
    public async Task PATCH_does_not_grow_a_record_past_the_limit_of_a_document()
    {
        var half = new string('x', TestBed.MaxDocumentBytes / 2);
        await Forms.Have("1", $$"""{"a":"{{half}}"}""");
        (await Forms.Patch("1", $$"""{"b":"{{half}}"}""")).ShouldBeErrors(413, "attributes_too_large");
        GetAttributes(await Forms.Get("1")).Names().ShouldBe(["a"]);
    }

    [TestCase("\u007f")]
    [TestCase("\u2028")]
    [TestCase("😀")]
    public async Task A_record_as_large_as_a_document_can_still_be_patched(string character)
    {
        var size = System.Text.Encoding.UTF8.GetByteCount(character);
        var text = string.Concat(Enumerable.Repeat(character, (TestBed.MaxDocumentBytes - 1000) / size));
        await Forms.Have("1", $$"""{"a":"{{text}}"}""");
        GetAttributes(await Forms.Patch("1", """{"b":1}""")).GetProperty("a").GetString().ShouldBe(text);
    }

    [Test]
    public async Task A_document_may_name_the_record_by_either_form_of_its_id()
    {
        await Forms.Have("57");
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Patch })
        {
            var document = FormType.CreateDocument("""{"data":{"type":"record","id":"57","attributes":{"a":1}}}""");
            (await Forms.Send(method, Forms.Record("57"), document)).ShouldBeDocument().GetProperty("data").GetProperty("id").GetString()
                .ShouldBe($"{Forms.Name}/57");
        }
    }

    [TestCase("58")]
    [TestCase("")]
    [TestCase("../57")]
    public async Task A_document_whose_id_is_none_is_of_another_record(string id)
    {
        await Forms.Have("57");
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Patch })
        {
            var document = FormType.CreateDocument($$"""{"data":{"type":"record","id":"{{id}}"} }""");
            (await Forms.Send(method, Forms.Record("57"), document)).ShouldBeErrors(409, "id_conflict", """{"pointer":"/data/id"}""");
        }
    }

    [Test]
    public async Task DELETE_takes_the_files_along()
    {
        await Forms.Have("1");
        await Forms.HaveFile("1", "a.png", File);
        await Forms.HaveFile("1", "folder/b.png", Files.Make(Files.Large));
        (await Forms.Delete("1")).ShouldBeDeleted();
        (await Forms.Get("1")).ShouldBeNothing();
        (await Forms.Download("1", "a.png")).ShouldBeNothing();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        await Forms.Have("1");
        (await Forms.ListFiles("1")).ShouldBeEmpty();
    }

    [Test]
    public async Task What_is_missing_is_nothing()
    {
        (await Forms.Get("1")).ShouldBeNothing();
        (await Forms.Delete("1")).ShouldBeNothing();
        (await Forms.Patch("1", "{}")).ShouldBeNothing();
        (await Forms.Patch("1", "{}", ("If-Match", "\"x\""))).ShouldBeNothing();
        (await Forms.ListAttachments("1")).ShouldBeNothing();
        (await Forms.Send(HttpMethod.Head, Forms.Attachments("1"))).ShouldBeNothing();
        (await Forms.Upload("1", "a.png", Body.Raw(File))).ShouldBeNothing();
        (await Forms.Detach("1", "a.png")).ShouldBeNothing();
    }

    [Test]
    public async Task Each_version_has_a_tag_of_its_own()
    {
        var tags = new List<string?>
        {
            (await Forms.Put("1", """{"a":1}""")).Field("ETag"),
            (await Forms.Put("1", """{"a":2}""")).Field("ETag"),
            (await Forms.Patch("1", """{"a":1}""")).Field("ETag"),
        };
        await Forms.Delete("1");
        tags.Add((await Forms.Put("1", """{"a":1}""")).Field("ETag"));
        tags.Distinct().Count().ShouldBe(4);
        tags.ShouldAllBe(tag => tag!.StartsWith('"'));
    }

    [Test]
    public async Task A_version_stays_where_nothing_of_the_record_changes()
    {
        var tag = (await Forms.Put("1", """{"a":1}""")).Field("ETag");
        (await Forms.Put("1", """{"a":1}""")).Field("ETag").ShouldBe(tag);
        (await Forms.Patch("1", "{}")).Field("ETag").ShouldBe(tag);
        await Forms.HaveFile("1", "a.png", File);
        (await Forms.Get("1")).Field("ETag").ShouldBe(tag);
    }

    [Test]
    public async Task A_read_is_conditional()
    {
        var tag = (await Forms.Put("1", "{}")).Field("ETag")!;
        var unchanged = await Forms.Get("1", ("If-None-Match", tag));
        unchanged.Status.ShouldBe(304);
        unchanged.Body.ShouldBeEmpty();
        unchanged.Field("ETag").ShouldBe(tag);
        unchanged.Field("Vary").ShouldBe("Accept");
        unchanged.Field("Cache-Control").ShouldBe("private, no-cache");
        (await Forms.Get("1", ("If-None-Match", "\"other\""))).ShouldBeDocument();
        (await Forms.Get("1", ("If-Match", "\"other\""))).ShouldBeErrors(412, "precondition_failed");
    }

    [Test]
    public async Task What_is_answered_to_a_write_is_what_is_read()
    {
        Answer[] answers =
        [
            await Forms.Create(Forms.Document("""{"a":1}""")),
            await Forms.Put("1", """{"a":1}"""),
            await Forms.Patch("1", """{"a":1}"""),
            await Forms.Get("1"),
        ];
        foreach (var answer in answers)
        {
            answer.Body.ShouldBe(answers[^1].Body);
            answer.Field("ETag").ShouldBe(answers[^1].Field("ETag"));
            answer.Field("Cache-Control").ShouldBe("private, no-cache");
            answer.Field("Content-Location").ShouldNotBeNull();
        }
    }

    [Test]
    public async Task HEAD_says_what_GET_would()
    {
        await Forms.Have("1", """{"a":1}""");
        foreach (var target in new[] { Forms.Record("1"), Forms.Address })
        {
            var get = await Forms.Send(HttpMethod.Get, target);
            var head = await Forms.Send(HttpMethod.Head, target);
            head.Status.ShouldBe(200);
            head.Body.ShouldBeEmpty();
            string[] ofTheMoment = ["Date", "Transfer-Encoding"];
            head.Fields.ExceptBy(ofTheMoment, field => field.Key).ShouldBe(
                get.Fields.ExceptBy(ofTheMoment, field => field.Key), ignoreOrder: true);
        }

        (await Forms.Send(HttpMethod.Head, Forms.Record("2"))).ShouldBeNothing();
        var tag = (await Forms.Get("1")).Field("ETag")!;
        (await Forms.Send(HttpMethod.Head, Forms.Record("1"), null, ("If-None-Match", tag))).Status.ShouldBe(304);
    }

    [Test]
    public async Task A_write_is_conditional()
    {
        var first = (await Forms.Put("1", """{"a":1}""", ("If-None-Match", "*"))).Field("ETag")!;
        (await Forms.Put("1", "{}", ("If-None-Match", "*"))).ShouldBeErrors(412, "precondition_failed");
        var second = (await Forms.Put("1", """{"a":2}""", ("If-Match", first))).Field("ETag")!;
        (await Forms.Put("1", "{}", ("If-Match", first))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Patch("1", "{}", ("If-Match", first))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Patch("1", "{}", ("If-Match", $"W/{second}"))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Delete("1", ("If-Match", first))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Delete("1", ("If-None-Match", second))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Patch("1", """{"a":3}""", ("If-Match", $"\"x\", {second}"))).ShouldBeDocument();
        (await Forms.Delete("1", ("If-Match", "*"))).ShouldBeDeleted();
        (await Forms.Put("1", "{}", ("If-Match", "*"))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Get("1")).ShouldBeNothing();
    }

    [TestCase("If-Match", "x")]
    [TestCase("If-None-Match", "\"x")]
    [TestCase("If-Unmodified-Since", "yesterday")]
    public async Task A_condition_that_cannot_be_read_changes_nothing(string field, string value)
    {
        await Forms.Have("1", """{"a":1}""");
        (await Forms.Put("1", "{}", (field, value))).ShouldBeErrors(400, "precondition_invalid");
        (await Forms.Patch("1", """{"a":2}""", (field, value))).ShouldBeErrors(400, "precondition_invalid");
        (await Forms.Delete("1", (field, value))).ShouldBeErrors(400, "precondition_invalid");
        GetAttributes(await Forms.Get("1")).ShouldBeJson("""{"a":1}""");
    }

    private static System.Text.Json.JsonElement GetAttributes(Answer answer) =>
        answer.ShouldBeDocument().GetProperty("data").GetProperty("attributes");
}
