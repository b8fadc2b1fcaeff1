using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Records;

/// <summary>Form types and ids as segments of a path: split first, decoded once.</summary>
[TestFixture]
internal sealed class RecordAddressTests : RecordsFixture
{
    private static int last;

    [TestCase("with space")]
    [TestCase("a/b")]
    [TestCase("a%2Fb")]
    [TestCase("100%")]
    [TestCase("a+b")]
    [TestCase("合同")]
    [TestCase("attachments")]
    [TestCase("//")]
    [TestCase("'; DROP TABLE records; --")]
    public async Task Each_form_type_is_one_of_its_own(string text)
    {
        var name = $"{text}{Interlocked.Increment(ref last)}";
        var forms = new FormType(Service.Admin, name);
        var created = await forms.Create(forms.Document());
        created.ShouldBeDocument(201).GetProperty("data").GetProperty("id").GetString().ShouldBe($"{name}/1");
        created.Field("Location")!.ShouldEndWith($"/api/records/{Uri.EscapeDataString(name)}/1");
        (await forms.Send(HttpMethod.Get, created.Field("Location")!)).ShouldBeDocument();
        (await forms.Create(forms.Document(id: "x"))).ShouldBeDocument(201);
        FormType.IdsIn(await forms.List()).ShouldBe([$"{name}/1", $"{name}/x"]);
    }

    [Test]
    public async Task A_form_type_and_an_id_are_found_in_either_form_of_unicode()
    {
        var composed = new FormType(Service.Admin, $"{Forms.Name} \u00e9");
        var decomposed = new FormType(Service.Admin, $"{Forms.Name} e\u0301");
        await decomposed.Have("o\u0308");
        (await composed.Get("\u00f6")).ShouldBeDocument().GetProperty("data").GetProperty("id").GetString()
            .ShouldBe($"{composed.Name}/\u00f6");
        FormType.IdsIn(await decomposed.List()).Count.ShouldBe(1);
    }

    [TestCase("%01")]
    [TestCase("a%5Cb")]
    [TestCase("%EF%BF%BE")]
    public async Task Refuses_a_segment_that_is_no_name(string segment)
    {
        (await Forms.Send(HttpMethod.Get, $"/api/records/{segment}")).ShouldBeErrors(400, "form_type_invalid");
        (await Forms.Send(HttpMethod.Get, $"/api/records/{segment}/1")).ShouldBeErrors(400, "form_type_invalid");
        (await Forms.Send(HttpMethod.Get, $"{Forms.Address}/{segment}")).ShouldBeErrors(400, "record_id_invalid");
        (await Forms.Send(HttpMethod.Get, $"{Forms.Address}/{segment}/attachments")).ShouldBeErrors(400, "record_id_invalid");
    }

    [Test]
    public async Task An_id_holds_no_slash() =>
        (await Forms.Send(HttpMethod.Get, $"{Forms.Address}/a%2Fb")).ShouldBeErrors(400, "record_id_invalid");

    /// <summary>As kitsu and devour address what they have read.</summary>
    [TestCase("/api/records/{0}%2F{1}")]
    [TestCase("/api/records/{0}/{0}%2F{1}")]
    public async Task A_record_is_found_by_its_whole_id_in_one_segment(string address)
    {
        var target = string.Format(null, address, Uri.EscapeDataString(Forms.Name), "57");
        await Forms.Have("57", """{"a":1}""");
        var read = await Forms.Send(HttpMethod.Get, target);
        read.Text.ShouldBe((await Forms.Get("57")).Text);
        read.Field("ETag").ShouldBe((await Forms.Get("57")).Field("ETag"));
        (await Forms.Send(HttpMethod.Get, target, null, ("If-None-Match", read.Field("ETag")!))).Status.ShouldBe(304);
        (await Forms.Send(HttpMethod.Head, target)).Field("ETag").ShouldBe(read.Field("ETag"));
        (await Forms.Send(HttpMethod.Patch, target, Forms.Document("""{"b":2}""", "57"))).ShouldBeDocument();
        (await Forms.Send(HttpMethod.Put, target, Forms.Document("""{"c":3}""", "57"), ("If-Match", read.Field("ETag")!)))
            .ShouldBeErrors(412, "precondition_failed");
        (await Forms.Send(HttpMethod.Put, target, Forms.Document("""{"c":3}""", "57"))).ShouldBeDocument();
        (await Forms.Get("57")).Json.GetProperty("data").GetProperty("attributes").ShouldBeJson("""{"c":3}""");
        (await Forms.Send(HttpMethod.Delete, target)).ShouldBeDeleted();
        (await Forms.Get("57")).ShouldBeNothing();
        (await Forms.Send(HttpMethod.Put, target, Forms.Document())).ShouldBeDocument(201);
    }

    [Test]
    public async Task The_files_of_a_record_are_found_by_its_whole_id_too()
    {
        await Forms.Have("57");
        await Forms.HaveFile("57", "a.png", Files.Make(Files.Small));
        (await Forms.ListAttachments($"{Forms.Name}/57")).Text.ShouldBe((await Forms.ListAttachments("57")).Text);
    }

    [Test]
    public async Task A_form_type_with_the_name_of_a_record_is_listed_at_its_address()
    {
        await Forms.Have("57");
        var type = new FormType(Service.Admin, $"{Forms.Name}/57");
        (await type.List()).ShouldBeDocument().GetProperty("data").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Object);
        FormType.IdsIn(await type.List("?page[size]=5")).ShouldBeEmpty();
        await type.Have("1");
        FormType.IdsIn(await type.List()).ShouldBe([$"{type.Name}/1"]);
        (await Forms.Send(HttpMethod.Patch, type.Address, Forms.Document("""{"a":1}""", "57"))).ShouldBeDocument();
        (await type.Delete("1")).ShouldBeDeleted();
        (await type.List()).ShouldBeDocument().GetProperty("data").GetProperty("id").GetString().ShouldBe(type.Name);
    }

    [TestCase("PUT")]
    [TestCase("PATCH")]
    [TestCase("DELETE")]
    public async Task A_form_type_cannot_be_written(string method) =>
        (await Forms.Send(new HttpMethod(method), Forms.Address, Forms.Document())).ShouldBeErrors(405, "method_not_allowed");

    [Test]
    public async Task A_whole_id_without_an_end_is_no_address() =>
        (await Forms.Send(HttpMethod.Delete, $"{Forms.Address}%2F")).ShouldBeErrors(400, "path_invalid");

    [TestCase("/api/records//1")]
    [TestCase("/api/records/a/")]
    [TestCase("/api/records/a/1/")]
    [TestCase("/api/records/a/1/attachments/")]
    [TestCase("/api/records/a//attachments")]
    public async Task Refuses_an_empty_segment(string target) =>
        (await Forms.Send(HttpMethod.Get, target)).ShouldBeErrors(400, "path_invalid");

    [TestCase("/api/records/%2E%2E/1")]
    [TestCase("/api/records/a/%FF")]
    [TestCase("/api/records/a/%2")]
    [TestCase("/api/records/a/1/attachments/content/%2E")]
    public async Task Refuses_a_path_that_is_none_with_error_objects(string target)
    {
        await using var connection = await Service.Connect();
        await connection.Send(Service.RequestHead("GET", target));
        (await connection.ReadAnswer()).ShouldBeErrors(400, "path_invalid");
    }

    [TestCase("/api/records")]
    [TestCase("/api/records/a/1/nothing")]
    [TestCase("/api/records/a/1/attachments/content/a/b/c")]
    public async Task What_is_no_address_is_nothing(string target) =>
        (await Forms.Send(HttpMethod.Get, target)).ShouldBeNothing();
}
