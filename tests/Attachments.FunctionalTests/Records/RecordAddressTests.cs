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
