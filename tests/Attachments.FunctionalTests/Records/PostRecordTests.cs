using System.Globalization;
using System.Text.Json;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Records;

[TestFixture]
internal sealed class PostRecordTests : RecordsFixture
{
    [Test]
    public async Task Answers_with_the_record_and_its_address()
    {
        var created = await Forms.Create(Forms.Document("""{"a":1}"""));
        var address = $"{Service.Address.GetLeftPart(UriPartial.Authority)}{Forms.Record("1")}";
        created.ShouldBeDocument(201).ShouldBeJson(
            $$$"""
            {"data":{"type":"record","id":"{{{Forms.Name}}}/1","attributes":{"a":1},
             "links":{"self":"{{{address}}}","attachments":"{{{address}}}/attachments"} } }
            """);
        created.Field("Location").ShouldBe(address);
        created.Field("ETag").ShouldBe((await Forms.Get("1")).Field("ETag"));
    }

    [Test]
    public async Task Numbers_the_records_of_each_form_type_from_1()
    {
        (await Ids(3)).ShouldBe(["1", "2", "3"]);
        Forms = FormType.New(Service.Admin);
        (await Ids(1)).ShouldBe(["1"]);
    }

    [Test]
    public async Task Gives_no_number_twice()
    {
        await Ids(2);
        (await Forms.Delete("2")).ShouldBeDeleted();
        (await Ids(1)).ShouldBe(["3"]);
    }

    [Test]
    public async Task Passes_over_numbers_that_clients_have_taken()
    {
        foreach (var taken in new[] { "1", "2", "4", "57", "007" })
        {
            await Forms.Have(taken);
        }

        (await Ids(3)).ShouldBe(["3", "5", "6"]);
    }

    [Test]
    public async Task Passes_over_numbers_that_clients_took_and_gave_up()
    {
        await Forms.Have("1");
        await Forms.Have("2");
        await Forms.Have("3");
        (await Forms.Delete("1")).ShouldBeDeleted();
        (await Forms.Delete("3")).ShouldBeDeleted();
        (await Ids(2)).ShouldBe(["4", "5"]);
        await Forms.Have("3");
        (await Forms.Delete("3")).ShouldBeDeleted();
        await Forms.Have("3");
        (await Ids(1)).ShouldBe(["6"]);
    }

    /// <summary>However many they are, and however many are kept of them.</summary>
    [Test]
    public async Task Passes_over_hundreds_of_numbers_that_clients_took_and_gave_up()
    {
        var spent = Enumerable.Range(1, 250).Select(n => n < 100 ? 2 * n : n * 1_000_000L).ToList();
        foreach (var number in spent)
        {
            var id = number.ToString(CultureInfo.InvariantCulture);
            await Forms.Have(id);
            (await Forms.Delete(id)).ShouldBeDeleted();
        }

        (await Sql.Scalar<long>(
            Service.ConnectionString, $"SELECT count(*) FROM record_spent_numbers WHERE form_type = '{Forms.Name}'"))
            .ShouldBeLessThanOrEqualTo(100);
        var given = (await Ids(150)).Select(id => long.Parse(id, CultureInfo.InvariantCulture)).ToList();
        given.Intersect(spent).ShouldBeEmpty();
        given.Distinct().Count().ShouldBe(150);
        given[0].ShouldBe(1);
        given[^1].ShouldBeLessThan(1_000_000, "There is room before the numbers that are far apart.");
    }

    [Test]
    public async Task Passes_over_thousands_of_taken_numbers()
    {
        await Service.Execute(
            $"""
            INSERT INTO records (id, form_type, record_id, attributes, revision, files_revision)
            SELECT gen_random_uuid(), '{Forms.Name}', n, json_build_object(), 0, 0 FROM generate_series(1, 3000) n
            """);
        (await Ids(2)).ShouldBe(["3001", "3002"]);
    }

    [Test]
    public async Task Takes_the_id_that_the_document_names()
    {
        var created = await Forms.Create(Forms.Document(id: "57"));
        created.ShouldBeDocument(201).GetProperty("data").GetProperty("id").GetString().ShouldBe($"{Forms.Name}/57");
        (await Forms.Create(Forms.Document(id: "57"))).ShouldBeErrors(409, "record_exists", """{"pointer":"/data"}""");
        (await Forms.Create(Forms.Document(id: "e\u0301"))).ShouldBeDocument(201);
        (await Forms.Create(Forms.Document(id: "\u00e9"))).ShouldBeErrors(409, "record_exists");
    }

    [Test]
    public async Task Refuses_an_id_or_a_type_of_something_else()
    {
        (await Forms.Create(FormType.CreateDocument("""{"data":{"type":"record","id":"Other/57"}}""")))
            .ShouldBeErrors(409, "id_conflict", """{"pointer":"/data/id"}""");
        (await Forms.Create(FormType.CreateDocument("""{"data":{"type":"attachment"}}""")))
            .ShouldBeErrors(409, "type_conflict", """{"pointer":"/data/type"}""");
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("a\u0001")]
    [TestCase("a\\b")]
    public async Task Refuses_an_id_that_no_record_can_have(string id) =>
        (await Forms.Create(Forms.Document(id: id))).ShouldBeErrors(400, "id_invalid", """{"pointer":"/data/id"}""");

    [Test]
    public async Task Refuses_an_id_of_more_than_100_characters()
    {
        (await Forms.Create(Forms.Document(id: new string('x', 101)))).ShouldBeErrors(400, "id_invalid");
        (await Forms.Create(Forms.Document(id: string.Concat(Enumerable.Repeat("😀", 100))))).ShouldBeDocument(201);
    }

    [TestCase("""{"data":{"type":"record","id":"57"}}""", "id_invalid", "/data/id")]
    [TestCase("""{"data":{"type":"record","id":57}}""", "document_invalid", "/data/id")]
    [TestCase("""{"data":{"type":7}}""", "document_invalid", "/data/type")]
    [TestCase("""{"data":{}}""", "document_invalid", "/data")]
    [TestCase("""{"data":[]}""", "document_invalid", "/data")]
    [TestCase("""{"data":null}""", "document_invalid", "/data")]
    [TestCase("""{}""", "document_invalid", "")]
    [TestCase("""[]""", "document_invalid", "")]
    [TestCase("""{"data":{"type":"record","attributes":[]}}""", "attributes_invalid", "/data/attributes")]
    [TestCase("""{"data":{"type":null}}""", "document_invalid", "/data/type")]
    [TestCase("""{"data":{"type":"record","attributes":{"a":["x\u0000"]}}}""", "attributes_invalid", "/data/attributes")]
    [TestCase("""{"data":{"type":"record","attributes":{"\u0000":1}}}""", "attributes_invalid", "/data/attributes")]
    [TestCase("""{"data":{"type":"record","attributes":{"a":"\ud800"}}}""", "attributes_invalid", "/data/attributes")]
    public async Task Refuses_a_document_that_is_none(string json, string code, string pointer) =>
        (await Forms.Create(FormType.CreateDocument(json))).ShouldBeErrors(400, code, $$"""{"pointer":"{{pointer}}"}""");

    [TestCase("")]
    [TestCase("{")]
    [TestCase("""{"data":{"type":"record"}} x""")]
    public async Task Refuses_what_is_no_json(string json) =>
        (await Forms.Create(FormType.CreateDocument(json))).ShouldBeErrors(400, "json_invalid");

    [Test]
    public async Task Refuses_a_document_over_the_limit() =>
        (await Forms.Create(Forms.Document($$"""{"a":"{{new string('x', TestBed.MaxDocumentBytes)}}"}""")))
            .ShouldBeErrors(413, "document_too_large");

    [Test]
    public async Task Keeps_values_exactly()
    {
        const string Attributes =
            """
            {"long":12345678901234567890.1234567890123456789,"huge":1E400,"tiny":-1e-400,"zero":-0.0,"scale":1.10,
             "text":"a\"b\\\u0001\u2028😀é","nested":{"a":[{"b":null},true,[]]},"":"empty","id":"own","type":"own"}
            """;
        await Forms.Create(Forms.Document(Attributes));
        var kept = (await Forms.Get("1")).ShouldBeDocument().GetProperty("data").GetProperty("attributes");
        foreach (var member in JsonElement.Parse(Attributes).EnumerateObject())
        {
            var value = kept.GetProperty(member.Name);
            if (member.Value.ValueKind == JsonValueKind.Number)
            {
                value.GetRawText().ShouldBe(member.Value.GetRawText());
            }
            else
            {
                JsonElement.DeepEquals(value, member.Value).ShouldBeTrue(member.Name);
            }
        }

        kept.EnumerateObject().Count().ShouldBe(10);
    }

    [TestCase("""{"data":{"type":"record"}}""")]
    [TestCase("""{"data":{"id":null,"type":"record","attributes":null}}""")]
    [TestCase("""{"data":{"type":"record","attributes":{},"id":null,"links":null,"relationships":null}}""")]
    public async Task A_record_may_say_nothing(string json)
    {
        var data = (await Forms.Create(FormType.CreateDocument(json))).ShouldBeDocument(201).GetProperty("data");
        data.GetProperty("id").GetString().ShouldBe($"{Forms.Name}/1");
        data.GetProperty("attributes").ShouldBeJson("{}");
    }

    [Test]
    public async Task Holds_to_conditions_on_what_is_not_there_before()
    {
        (await Forms.Create(Forms.Document(), ("If-Match", "*"))).ShouldBeErrors(412, "precondition_failed");
        (await Forms.Create(Forms.Document(), ("If-Match", "x"))).ShouldBeErrors(400, "precondition_invalid");
        (await Forms.Create(Forms.Document(), ("If-None-Match", "*"))).ShouldBeDocument(201);
    }

    private async Task<IReadOnlyList<string>> Ids(int count)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var id = (await Forms.Create(Forms.Document())).ShouldBeDocument(201).GetProperty("data").GetProperty("id").GetString()!;
            ids.Add(id[(Forms.Name.Length + 1)..]);
        }

        return ids;
    }
}
