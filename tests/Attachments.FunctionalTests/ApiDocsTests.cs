using System.Text.Json;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests;

[TestFixture]
internal sealed class ApiDocsTests
{
    private const string Sessions = "/api/v1/project/{project_id}/sessions";
    private const string Attachment = Sessions + "/{session_id}/attachments/{id}";
    private const string Records = "/api/records/{eformtype}";
    private const string RecordAttachments = Records + "/{recordid}/attachments";

    private const string Owned = "/v1/attachments/{id}";
    private const string OwnedFile = "/v1/uploaded-file/attachment_{id}/{filename}";

    private const string Set = "/api/temporaryattachmentset/{id}";
    private const string Contents = "/api/attachment/{attachmentId}/contents";

    private JsonElement document;

    [OneTimeSetUp]
    public async Task Read()
    {
        using var response = await TestBed.Service.Anonymous.GetAsync("/openapi/v1.json");
        var answer = await Answer.Read(response);
        answer.Status.ShouldBe(200);
        document = answer.Json;
    }

    [Test]
    public void Describe_the_api_in_OpenAPI_3_1() => document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1.");

    [TestCase(Sessions, "get,head,post")]
    [TestCase(Sessions + "/{session_id}", "delete,get,head,put")]
    [TestCase(Sessions + "/{session_id}/attachments", "get,head")]
    [TestCase(Attachment, "delete,get,head,post,put")]
    [TestCase("/v1/attachments", "get,head,post")]
    [TestCase(Owned, "delete,get,head,patch,post,put")]
    [TestCase(OwnedFile, "get,head")]
    [TestCase("/api/temporaryattachmentsets", "post")]
    [TestCase(Set, "delete,get,head,post")]
    [TestCase(Set + "/attachment/{attachmentId}", "delete,get,head")]
    [TestCase(Set + "/claim", "post")]
    [TestCase(Contents, "get,head")]
    public void List_every_route(string path, string methods)
    {
        var operations = document.GetProperty("paths").GetProperty(path);
        operations.Names().Order().ShouldBe(methods.Split(','));
        foreach (var (name, operation) in operations.EnumerateObject().Select(member => (member.Name, member.Value)))
        {
            operation.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty();
            GetTypes(operation.GetProperty("responses").GetProperty("default")).ShouldBe(name == "head" ? [] : ["application/problem+json"]);
            operation.GetProperty("security")[0].Names().ShouldBe(["bearer"]);
        }
    }

    [TestCase(Records, "get,head,post")]
    [TestCase(Records + "/{recordid}", "delete,get,head,patch,put")]
    [TestCase(RecordAttachments, "get,head")]
    [TestCase(RecordAttachments + "/content/{filename}", "get,head,post")]
    [TestCase(RecordAttachments + "/content/{folder}/{filename}", "get,head,post")]
    [TestCase(RecordAttachments + "/{filename}", "delete")]
    [TestCase(RecordAttachments + "/{folder}/{filename}", "delete")]
    public void List_every_route_of_records(string path, string methods)
    {
        var operations = document.GetProperty("paths").GetProperty(path);
        operations.Names().Order().ShouldBe(methods.Split(','));
        foreach (var (name, operation) in operations.EnumerateObject().Select(member => (member.Name, member.Value)))
        {
            operation.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty();
            var responses = operation.GetProperty("responses");
            GetTypes(responses.GetProperty("default")).ShouldBe(name == "head" ? [] : [FormType.MediaType]);
            responses.Names().Count().ShouldBeGreaterThan(1);
            foreach (var response in responses.EnumerateObject().Where(response => response.Name is "200" or "201"))
            {
                if (response.Value.TryGetProperty("content", out var content) && content.TryGetProperty(FormType.MediaType, out var shown))
                {
                    shown.GetProperty("example").GetProperty("data").ValueKind.ShouldNotBe(JsonValueKind.Null);
                }
            }
        }
    }

    [TestCase(Sessions, "post", "application/json,application/x-www-form-urlencoded,multipart/form-data")]
    [TestCase(Sessions + "/{session_id}", "put", "application/json,application/x-www-form-urlencoded,multipart/form-data")]
    [TestCase(Attachment, "put", "application/octet-stream")]
    [TestCase("/v1/attachments", "post", "multipart/form-data")]
    [TestCase(Owned, "put", "application/json,application/x-www-form-urlencoded,multipart/form-data")]
    [TestCase(Owned, "patch", "application/json,application/x-www-form-urlencoded,multipart/form-data")]
    [TestCase(Records, "post", "application/json,application/vnd.api+json")]
    [TestCase(Records + "/{recordid}", "put", "application/json,application/vnd.api+json")]
    [TestCase(Records + "/{recordid}", "patch", "application/json,application/vnd.api+json")]
    [TestCase(RecordAttachments + "/content/{filename}", "post", "*/*")]
    [TestCase(Set, "post", "multipart/form-data")]
    [TestCase(Set + "/claim", "post", "application/json")]
    public void Say_which_bodies_are_taken(string path, string method, string types) =>
        GetBodies(path, method).Names().Order().ShouldBe(types.Split(','));

    [Test]
    public async Task Show_examples_that_work()
    {
        var bodies = GetBodies(Sessions, "post");
        var project = Project.New(TestBed.Service.Admin);
        (await project.Create(Body.Json(bodies.GetProperty("application/json").GetProperty("example").GetRawText()))).ShouldSucceed();
        (await project.Create(Body.Form(GetFieldExamples(bodies, "application/x-www-form-urlencoded")))).ShouldSucceed();
        (await project.Create(Body.Form(GetFieldExamples(bodies, "multipart/form-data")))).ShouldSucceed();
    }

    [Test]
    public async Task Show_examples_of_owned_attachments_that_work()
    {
        var admin = OwnedFiles.OfAdmin(TestBed.Service);
        var id = await admin.Have([1], GetFieldExamples(GetBodies("/v1/attachments", "post"), "multipart/form-data"));
        var bodies = GetBodies(Owned, "put");
        (await admin.Put(id, Body.Json(Example(bodies, "application/json").GetRawText()))).ShouldBeEntry();
        var entry = (await admin.Put(id, Body.Form(GetFieldExamples(bodies, "application/x-www-form-urlencoded")))).ShouldBeEntry();
        var shown = Example(Response(Owned, "get", "200"), "application/json");
        shown.Names().ShouldBe(entry.Names());
        Example(Response(Owned, "put", "200"), "application/json").GetRawText().ShouldBe(shown.GetRawText());
        Example(Response("/v1/attachments", "post", "201"), "application/json").GetRawText().ShouldBe(shown.GetRawText());
        Example(Response("/v1/attachments", "get", "200"), "application/json")[0].Names().ShouldBe(entry.Names());
    }

    [Test]
    public void Name_the_fields_beside_the_file()
    {
        var schema = GetBodies("/v1/attachments", "post").GetProperty("multipart/form-data").GetProperty("schema");
        schema.GetProperty("properties").Names().ShouldBe(["file", "filename", "description", "sequence_map_for", "owned_by_org"], ignoreOrder: true);
        schema.GetProperty("required")[0].GetString().ShouldBe("file");
        GetBodies(Owned, "put").GetProperty("multipart/form-data").GetProperty("schema").TryGetProperty("required", out _).ShouldBeFalse();
    }

    [Test]
    public async Task Show_examples_of_claims_and_links_that_work()
    {
        await using var service = await TestBed.StartService();
        var session = Example(GetBodies(Sessions, "post"), "application/json").GetRawText();
        (await service.Admin.Ask(HttpMethod.Post, "/api/v1/project/7/sessions", Body.Json(session))).ShouldSucceed();
        await new FormType(service.Admin, "Contract").Have("57");
        var set = $"/api/temporaryattachmentset/{Guid.NewGuid()}";
        (await service.Admin.Ask(HttpMethod.Post, set, new MultipartFormDataContent { { new ByteArrayContent([1]), "notes", "notes.txt" } }))
            .Status.ShouldBe(201);
        var claim = Example(GetBodies(Set + "/claim", "post"), "application/json").GetRawText();
        (await service.Admin.Ask(HttpMethod.Post, set + "/claim", Body.Json(claim))).Status.ShouldBe(200);
        (await service.Admin.Ask(HttpMethod.Put, "/api/v1/project/7/sessions/trip-42/attachments/photo", Body.Raw([1])))
            .ShouldSucceed();
        var links = Example(GetBodies("/v1/links", "post"), "application/json").GetRawText();
        var made = await service.Admin.Ask(HttpMethod.Post, "/v1/links", Body.Json(links));
        made.Json.GetProperty("links").EnumerateArray().ShouldAllBe(link => link.Names().Contains("url"), made.Text);
    }

    [Test]
    public async Task Show_documents_that_work()
    {
        var contract = new FormType(TestBed.Service.Admin, "Contract");
        foreach (var (method, path, target, status) in new[]
        {
            ("post", Records, contract.Address, 201),
            ("put", Records + "/{recordid}", contract.Record("57"), 201),
            ("patch", Records + "/{recordid}", contract.Record("57"), 200),
        })
        {
            var example = GetBodies(path, method).GetProperty(FormType.MediaType).GetProperty("example").GetRawText();
            (await contract.Send(new HttpMethod(method), target, FormType.CreateDocument(example))).ShouldBeDocument(status);
        }

        (await contract.Delete("57")).ShouldBeDeleted();
    }

    [Test]
    public void Say_that_a_download_is_binary_or_a_preview() =>
        document.GetProperty("paths").GetProperty(Attachment).GetProperty("get").GetProperty("responses").GetProperty("200")
            .GetProperty("content").Names().ShouldBe(["application/octet-stream", "image/jpeg"]);

    [TestCase("/api/temporaryattachmentsets", "post", "201")]
    [TestCase(Set, "get", "200")]
    [TestCase(Set, "post", "201")]
    [TestCase(Set, "delete", "200")]
    [TestCase(Set + "/attachment/{attachmentId}", "get", "200")]
    [TestCase(Set + "/attachment/{attachmentId}", "delete", "200")]
    [TestCase(Set + "/claim", "post", "200")]
    public void Show_an_example_of_every_answer_that_has_its_schema(string path, string method, string status)
    {
        var answer = document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty(status)
            .GetProperty("content").GetProperty("application/json");
        var schema = Resolved(answer.GetProperty("schema"));
        var example = answer.GetProperty("example");
        if (example.ValueKind == JsonValueKind.Array)
        {
            schema = Resolved(schema.GetProperty("items"));
            example = example[0];
        }

        example.Names().Except(schema.GetProperty("properties").Names()).ShouldBeEmpty();
    }

    [Test]
    public void Say_that_the_contents_are_of_any_type() =>
        document.GetProperty("paths").GetProperty(Contents).GetProperty("get").GetProperty("responses").GetProperty("206")
            .GetProperty("content").Names().ShouldBe(["*/*"]);

    [Test]
    public async Task Can_be_browsed()
    {
        var page = await TestBed.Service.Anonymous.GetStringAsync("/docs/index.html");
        page.ShouldContain("swagger-ui");
        var start = await TestBed.Service.Anonymous.GetAsync("/docs");
        start.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/docs/index.html");
    }

    [TestCase("/docs%0a")]
    [TestCase("/docs/%0a")]
    [TestCase("/docs/index.html%0a")]
    [TestCase("/docs/%0d%0aX:%20y")]
    public async Task Are_at_no_address_with_a_line_feed(string path) =>
        (await TestBed.Service.Anonymous.Ask(HttpMethod.Get, path)).Status.ShouldBeOneOf(401, 404);

    private static JsonElement Example(JsonElement content, string mediaType) => content.GetProperty(mediaType).GetProperty("example");

    /// <summary>What the page puts into the fields of a form.</summary>
    private static (string Name, string Value)[] GetFieldExamples(JsonElement content, string mediaType) =>
    [
        .. from field in content.GetProperty(mediaType).GetProperty("schema").GetProperty("properties").EnumerateObject()
           where field.Value.TryGetProperty("example", out _)
           select (field.Name, field.Value.GetProperty("example").GetString()!),
    ];

    private JsonElement Response(string path, string method, string status) =>
        document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty(status)
            .GetProperty("content");

    private static IEnumerable<string> GetTypes(JsonElement response) =>
        response.TryGetProperty("content", out var content) ? content.Names() : [];

    private JsonElement Resolved(JsonElement schema) => schema.TryGetProperty("$ref", out var reference)
        ? document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1])
        : schema;

    private JsonElement GetBodies(string path, string method) =>
        document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("requestBody").GetProperty("content");
}
