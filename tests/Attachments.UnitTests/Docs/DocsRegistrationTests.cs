using System.Text.Json;
using Attachments.UnitTests.Hosting;

namespace Attachments.UnitTests.Docs;

public sealed class DocsRegistrationTests
{
    private JsonElement document;

    [OneTimeSetUp]
    public async Task ReadDocument()
    {
        await using var api = await SmallApi.Start();
        document = JsonDocument.Parse(await api.Client.GetStringAsync("/openapi/v1.json")).RootElement;
    }

    [Test]
    public void Is_openapi_3_1_and_says_what_it_describes()
    {
        document.GetProperty("openapi").GetString().ShouldNotBeNull().ShouldStartWith("3.1");
        At("info", "title").GetString().ShouldBe("Attachments");
        At("info", "description").GetString().ShouldNotBeNullOrEmpty();
        At("servers")[0].GetProperty("url").GetString().ShouldBe("/");
    }

    [Test]
    public void Wants_a_token_for_all_but_health()
    {
        At("components", "securitySchemes", "bearer", "scheme").GetString().ShouldBe("bearer");
        foreach (var path in At("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var secured = operation.Value.TryGetProperty("security", out var security) && security.GetArrayLength() > 0 && security[0].TryGetProperty("bearer", out _);
                secured.ShouldBe(!path.Name.StartsWith("/health", StringComparison.Ordinal), $"{operation.Name} {path.Name}");
            }
        }
    }

    [Test]
    public void Shows_the_errors_of_each_operation()
    {
        At("paths", "/samples/file", "put", "responses", "default", "content", "application/problem+json", "schema", "$ref").GetString()
            .ShouldBe("#/components/schemas/Problem");
        At("components", "schemas", "Problem", "properties").EnumerateObject().Select(property => property.Name)
            .ShouldBe(
                ["type", "title", "status", "detail", "code", "traceId", "errors", "expected-offset", "provided-offset"], ignoreOrder: true);
        At("components", "schemas", "Problem", "required").EnumerateArray().Select(name => name.GetString())
            .ShouldBe(["type", "title", "status", "code", "traceId"], ignoreOrder: true);
    }

    [Test]
    public void Carries_the_comments_of_the_source() =>
        At("components", "schemas", "Problem", "properties", "code", "description").GetString()
            .ShouldNotBeNull().ShouldContain("machine-readable");

    [Test]
    public void Shows_every_body_that_an_action_reads_by_itself()
    {
        var body = At("paths", "/samples/file", "put", "requestBody");
        body.GetProperty("description").GetString().ShouldBe("The file in the field attachment.\n\nOr as it is.");
        body.GetProperty("required").GetBoolean().ShouldBeTrue();
        var content = body.GetProperty("content");
        content.GetProperty("application/octet-stream").GetProperty("schema").GetProperty("format").GetString().ShouldBe("binary");
        var form = content.GetProperty("multipart/form-data").GetProperty("schema");
        form.GetProperty("required")[0].GetString().ShouldBe("attachment");
        form.GetProperty("properties").GetProperty("attachment").GetProperty("format").GetString().ShouldBe("binary");
        content.GetProperty("application/json").GetProperty("example").GetProperty("number").GetInt32().ShouldBe(7);
        content.GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString().ShouldBe("#/components/schemas/Document");
        At("components", "schemas", "Document", "properties", "number").GetProperty("type").GetString().ShouldBe("integer");
    }

    [Test]
    public void Shows_a_file_as_bytes() =>
        At("paths", "/samples/file", "get", "responses", "200", "content", "*/*", "schema", "format").GetString().ShouldBe("binary");

    [TestCase("get", "200", "206", "400", "401", "403", "404", "410", "412", "416", "503")]
    [TestCase("head", "200", "400", "401", "403", "404", "410", "412", "503")]
    public void Shows_what_conditions_and_ranges_make_of_a_download(string method, params string[] statuses) =>
        At("paths", "/samples/file", method, "responses").EnumerateObject().Select(response => response.Name)
            .ShouldBe([.. statuses, "default"], ignoreOrder: true);

    [Test]
    public void Shows_that_a_write_takes_conditions() =>
        At("paths", "/samples/file", "put", "responses", "412", "content", "application/problem+json", "schema", "$ref").GetString()
            .ShouldBe("#/components/schemas/Problem");

    [Test]
    public void Shows_the_parameters_that_are_read_by_hand()
    {
        var parameter = At("paths", "/samples/file", "get", "parameters")[0];
        parameter.GetProperty("name").GetString().ShouldBe("disposition");
        parameter.GetProperty("in").GetString().ShouldBe("query");
        parameter.GetProperty("schema").GetProperty("enum").EnumerateArray().Select(value => value.GetString())
            .ShouldBe(["attachment", "inline"]);
    }

    [Test]
    public void Refers_to_nothing_that_is_not_there()
    {
        var schemas = At("components", "schemas").EnumerateObject().Select(schema => $"#/components/schemas/{schema.Name}").ToList();
        References(document).Where(reference => reference.StartsWith("#/components/schemas/", StringComparison.Ordinal)).ShouldBeSubsetOf(schemas);
    }

    [Test]
    public async Task Can_be_browsed_without_another_host()
    {
        await using var api = await SmallApi.Start();
        var page = await api.Client.GetStringAsync("/docs/index.html");
        page.ShouldNotContain("src=\"http");
        page.ShouldNotContain("href=\"http");
        var script = await api.Client.GetStringAsync("/docs/index.js");
        script.ShouldContain("../openapi/v1.json");
        script.ShouldNotContain("validator.swagger.io");
        (await api.Client.GetAsync("/docs")).RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/docs/index.html");
        (await api.Client.GetByteArrayAsync("/docs/swagger-ui-bundle.js")).Length.ShouldBeGreaterThan(100_000);
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private JsonElement At(params string[] path) => path.Aggregate(document, (element, name) => element.GetProperty(name));
}
