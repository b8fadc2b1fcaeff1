using System.Text.Json;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Records;

/// <summary>The requirements of JSON:API 1.1 on a server, by the sections of https://jsonapi.org/format/1.1/.</summary>
[TestFixture]
internal sealed class JsonApiTests : RecordsFixture
{
    private const string Plain = FormType.MediaType;

    [SetUp]
    public async Task HaveRecord() => await Forms.Have("1", """{"title":"Lease"}""");

    // "Content Negotiation": "Servers MUST respond with a 406 Not Acceptable status code if a request's Accept header contains the JSON:API
    // media type and all instances of that media type are modified with a media type parameter other than ext or profile."
    [TestCase($"{Plain};charset=utf-8")]
    [TestCase($"{Plain}; charset=utf-8, {Plain}; version=1, */*")]
    [TestCase($"{Plain}; ext=\"https://jsonapi.org/ext/atomic\"")]
    [TestCase($"{Plain}; profile=\"a,b\"; x=1")]
    [TestCase("Application/VND.api+JSON;X=1")]
    public async Task Accept_of_modified_instances_alone_is_406(string accept)
    {
        foreach (var answer in await AskAll(("Accept", accept)))
        {
            answer.ShouldBeErrors(406, "not_acceptable", """{"header":"Accept"}""");
        }
    }

    // "Content Negotiation": "servers MUST ignore instances of that media type which are modified by a media type parameter other than ext
    // or profile". And profiles that are not known are ignored ("Profiles").
    [TestCase(Plain)]
    [TestCase($"{Plain};charset=utf-8, {Plain}")]
    [TestCase($"{Plain};q=0.5")]
    [TestCase($"{Plain};profile=\"https://example.com/a, https://example.com/b\"")]
    [TestCase($"{Plain};ext=\"\"")]
    [TestCase("text/html;charset=utf-8")]
    [TestCase("application/json")]
    [TestCase("nonsense, \"")]
    [TestCase("")]
    public async Task Accept_of_anything_else_is_answered(string accept) =>
        (await Forms.Get("1", ("Accept", accept))).ShouldBeDocument();

    // "Content Negotiation": "Servers MUST respond with a 415 Unsupported Media Type status code if a request specifies the header
    // Content-Type: application/vnd.api+json with any media type parameters other than ext or profile." And with an unknown extension.
    [TestCase($"{Plain};charset=utf-8", 415)]
    [TestCase($"{Plain};q=1", 415)]
    [TestCase($"{Plain};ext=\"https://jsonapi.org/ext/atomic\"", 415)]
    [TestCase($"{Plain};profile=\"https://example.com/a\"", 201)]
    [TestCase(Plain, 201)]
    [TestCase("application/json", 201)]
    [TestCase("application/json; charset=utf-8", 201)]
    [TestCase("application/xml", 415)]
    [TestCase("text/json", 415)]
    [TestCase(null, 415)]
    public async Task Content_is_json_api_without_parameters_or_json(string? type, int status)
    {
        var body = new ByteArrayContent(await Forms.Document().ReadAsByteArrayAsync());
        if (type is not null)
        {
            body.Headers.TryAddWithoutValidation("Content-Type", type).ShouldBeTrue();
        }

        var answer = await Forms.Create(body);
        if (status == 415)
        {
            answer.ShouldBeErrors(415, "media_type_unsupported", """{"header":"Content-Type"}""");
        }
        else
        {
            answer.ShouldBeDocument(status);
        }
    }

    // "Query Parameters": "If a server encounters a query parameter that does not follow the naming conventions above, or the server does
    // not know how to process it as a query parameter from this specification, it MUST return 400 Bad Request."
    // "Fetching Data": include, and sort, MUST be answered with 400 where they are not supported.
    [TestCase("include=attachments", "include")]
    [TestCase("sort=title", "sort")]
    [TestCase("fields[record]=title", "fields[record]")]
    [TestCase("filter%5Btitle%5D=x", "filter[title]")]
    [TestCase("anything", "anything")]
    [TestCase("=1", "")]
    public async Task An_unknown_query_parameter_of_a_reserved_name_is_400(string query, string name)
    {
        foreach (var target in new[] { Forms.Record("1"), Forms.Address, Forms.Attachments("1") })
        {
            (await Forms.Send(HttpMethod.Get, $"{target}?{query}")).ShouldBeErrors(400, "query_invalid");
        }

        var deleted = await Forms.Send(HttpMethod.Delete, $"{Forms.Record("1")}?{query}");
        deleted.ShouldBeErrors(400, "query_invalid");
        deleted.Json.GetProperty("errors")[0].GetProperty("source").GetProperty("parameter").GetString().ShouldBe(name);
    }

    // "Implementation-Specific Query Parameters": their names hold something else than a to z.
    [TestCase("camelCase=1")]
    [TestCase("utm_source=x")]
    [TestCase("x-y[z]=1")]
    public async Task A_query_parameter_of_another_kind_is_ignored(string query) =>
        (await Forms.Send(HttpMethod.Get, $"{Forms.Record("1")}?{query}")).ShouldBeDocument();

    [Test]
    public async Task The_bytes_of_files_are_outside_of_these_rules()
    {
        (await Forms.Upload("1", "a?any=1", Body.Create([1], $"{Plain}; charset=x"), ("Accept", $"{Plain};x=1"))).ShouldBeUploaded();
        var served = await Forms.Download("1", "a?any=1", ("Accept", $"{Plain};x=1"));
        served.Status.ShouldBe(200);
        served.Field("Content-Type").ShouldBe($"{Plain}; charset=x");
    }

    // "Document Structure", "Top Level", "Resource Objects": the members a document and a resource may have, id and type as strings, no
    // data beside errors, links as URLs.
    [Test]
    public async Task Documents_are_built_as_they_must_be()
    {
        (await Forms.Upload("1", "f/a.png", Body.Raw([1]))).ShouldBeUploaded();
        ShouldBeResource((await Forms.Get("1")).ShouldBeDocument().GetProperty("data"), "record", "self", "attachments");
        foreach (var list in new[] { await Forms.List(), await Forms.List("?page[size]=1") })
        {
            ShouldBeTopLevel(list.Json);
            ShouldBeResource(list.Json.GetProperty("data")[0], "record", "self", "attachments");
        }

        var files = (await Forms.ListAttachments("1", "?page[size]=1")).ShouldBeDocument();
        ShouldBeTopLevel(files);
        ShouldBeResource(files.GetProperty("data")[0], "attachment", "content");
    }

    // "Error Objects": "detail: a human-readable explanation specific to this occurrence of the problem".
    [TestCase("{}", "The document has no member 'data'.")]
    [TestCase("""{"data":{}}""", "The document's '/data' has no member 'type'.")]
    [TestCase("""{"data":{"type":"<script>"}}""", "The resource must have the type 'record'.")]
    public async Task The_detail_of_an_error_is_a_sentence(string json, string detail) =>
        (await Forms.Create(FormType.CreateDocument(json))).Json
            .GetProperty("errors")[0].GetProperty("detail").GetString().ShouldBe(detail);

    // "A JSON text may be nested": readers commonly bear with 64, and a list wraps the attributes in three.
    [TestCase(61, null)]
    [TestCase(62, "attributes_invalid")]
    [TestCase(63, "json_invalid")]
    public async Task Values_are_nested_so_deep_that_every_answer_can_be_read(int depth, string? refusal)
    {
        foreach (var (open, close) in new[] { ("[", "]"), ("{\"a\":", "}") })
        {
            var value = string.Concat(Enumerable.Repeat(open, depth - 2)) + "{}" + string.Concat(Enumerable.Repeat(close, depth - 2));
            var attributes = $$"""{"a":{{value}}}""";
            ShouldBeReadableOr(refusal, await Forms.Create(Forms.Document(attributes, $"deep {open[0]}")));
            await Forms.Have($"flat {open[0]}");
            ShouldBeReadableOr(refusal, await Forms.Patch($"flat {open[0]}", attributes));
            ShouldBeReadableOr(refusal, await Forms.Put($"flat {open[0]}", attributes));
        }

        ShouldBeReadableOr(null, await Forms.List());
    }

    private static void ShouldBeReadableOr(string? refusal, Answer answer)
    {
        if (refusal is not null)
        {
            answer.ShouldBeErrors(400, refusal);
            return;
        }

        answer.Status.ShouldBeInRange(200, 201, answer.Text);
        Should.NotThrow(() => JsonDocument.Parse(answer.Body, new JsonDocumentOptions { MaxDepth = 64 }).Dispose());
    }

    // "Creating Resources", "201 Created": Location, and a document whose self link is the same.
    [Test]
    public async Task Creation_says_where()
    {
        var created = await Forms.Create(Forms.Document());
        created.ShouldBeDocument(201).GetProperty("data").GetProperty("links").GetProperty("self").GetString()
            .ShouldBe(created.Field("Location"));
    }

    // "Creating Resources", "409 Conflict"; "Updating Resources", "409 Conflict"; "404 Not Found".
    [Test]
    public async Task Conflicts_are_409()
    {
        (await Forms.Create(Forms.Document(id: "1"))).Status.ShouldBe(409);
        (await Forms.Send(HttpMethod.Patch, Forms.Record("1"), Forms.Document(id: "2"))).Status.ShouldBe(409);
        (await Forms.Send(
            HttpMethod.Patch, Forms.Record("1"), FormType.CreateDocument($$"""{"data":{"type":"x","id":"{{Forms.Name}}/1"} }""")))
            .ShouldBeErrors(409, "type_conflict");
        (await Forms.Patch("missing", "{}")).ShouldBeNothing();
    }

    // "Updating a Resource's Attributes": "the server MUST interpret the missing attributes as if they were included with their current
    // values. The server MUST NOT interpret missing attributes as null values."
    [Test]
    public async Task Missing_attributes_stay() =>
        (await Forms.Patch("1", """{"other":null}""")).ShouldBeDocument().GetProperty("data").GetProperty("attributes")
            .ShouldBeJson("""{"title":"Lease","other":null}""");

    // "Deleting Resources", "204 No Content".
    [Test]
    public async Task Deletion_is_204_without_a_document() => (await Forms.Delete("1")).ShouldBeDeleted();

    // "Document Structure", "Member Names" and "MUST ignore members not recognized by this specification".
    [Test]
    public async Task Members_that_are_not_known_are_ignored() =>
        (await Forms.Create(FormType.CreateDocument(
            """{"jsonapi":{"version":"1.1"},"meta":{},"@x":1,"data":{"type":"record","lid":"l","meta":{},"x":1}}""")))
            .ShouldBeDocument(201);

    private static void ShouldBeTopLevel(JsonElement document)
    {
        document.Names().Except(["data", "links", "meta", "jsonapi"]).ShouldBeEmpty();
        if (document.TryGetProperty("links", out var links))
        {
            links.Names().ShouldBe(["next"]);
            Uri.IsWellFormedUriString(links.GetProperty("next").GetString(), UriKind.Absolute).ShouldBeTrue();
        }
    }

    private static void ShouldBeResource(JsonElement resource, string type, params string[] links)
    {
        resource.Names().ShouldBe(["type", "id", "attributes", "links"]);
        resource.GetProperty("type").GetString().ShouldBe(type);
        resource.GetProperty("id").GetString().ShouldNotBeNullOrEmpty();
        resource.GetProperty("attributes").ValueKind.ShouldBe(JsonValueKind.Object);
        resource.GetProperty("links").Names().ShouldBe(links);
        foreach (var link in resource.GetProperty("links").EnumerateObject())
        {
            Uri.IsWellFormedUriString(link.Value.GetString(), UriKind.Absolute).ShouldBeTrue();
        }
    }

    private async Task<IReadOnlyList<Answer>> AskAll(params (string, string)[] fields) =>
    [
        await Forms.Get("1", fields),
        await Forms.Send(HttpMethod.Get, Forms.Address, null, fields),
        await Forms.Send(HttpMethod.Get, Forms.Attachments("1"), null, fields),
        await Forms.Create(Forms.Document(), fields),
        await Forms.Put("1", "{}", fields),
        await Forms.Patch("1", "{}", fields),
        await Forms.Delete("1", fields),
        await Forms.Detach("1", "a", fields),
    ];
}
