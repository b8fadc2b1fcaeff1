using System.Text.Json;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests;

[TestFixture]
internal sealed class ApiDocsTests
{
    private const string Sessions = "/api/v1/project/{project_id}/sessions";
    private const string Attachment = Sessions + "/{session_id}/attachments/{id}";

    private JsonElement document;

    [OneTimeSetUp]
    public async Task Read()
    {
        using var response = await TestBed.Service.Anonymous.GetAsync("/openapi/v1.json");
        var answer = await Answer.Of(response);
        answer.Status.ShouldBe(200);
        document = answer.Json;
    }

    [Test]
    public void Describe_the_api_in_OpenAPI_3_1() => document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1.");

    [TestCase(Sessions, "get,post")]
    [TestCase(Sessions + "/{session_id}", "delete,get,put")]
    [TestCase(Sessions + "/{session_id}/attachments", "get")]
    [TestCase(Attachment, "delete,get,head,put")]
    public void List_every_route_of_sessions(string path, string methods)
    {
        var operations = document.GetProperty("paths").GetProperty(path);
        operations.Names().Order().ShouldBe(methods.Split(','));
        foreach (var operation in operations.EnumerateObject().Select(member => member.Value))
        {
            operation.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty();
            operation.GetProperty("responses").GetProperty("default").GetProperty("content").Names().ShouldBe(["application/problem+json"]);
            operation.GetProperty("security").GetArrayLength().ShouldBe(1);
        }
    }

    [TestCase(Sessions, "post", "application/json,application/x-www-form-urlencoded,multipart/form-data")]
    [TestCase(Sessions + "/{session_id}", "put", "application/json,application/x-www-form-urlencoded,multipart/form-data")]
    [TestCase(Attachment, "put", "application/octet-stream,multipart/form-data")]
    public void Say_which_bodies_are_taken(string path, string method, string types) =>
        BodiesOf(path, method).Names().Order().ShouldBe(types.Split(','));

    [Test]
    public async Task Show_examples_that_work()
    {
        var bodies = BodiesOf(Sessions, "post");
        var project = Project.New(TestBed.Service.Admin);
        (await project.Create(Body.Json(bodies.GetProperty("application/json").GetProperty("example").GetRawText()))).ShouldSucceed();
        var fields = bodies.GetProperty("application/x-www-form-urlencoded").GetProperty("example").EnumerateObject();
        (await project.Create(Body.Form([.. fields.Select(field => (field.Name, field.Value.GetString()!))]))).ShouldSucceed();
    }

    [Test]
    public void Name_the_field_of_the_file() =>
        BodiesOf(Attachment, "put").GetProperty("multipart/form-data").GetProperty("schema").GetProperty("properties")
            .Names().ShouldBe(["attachment"]);

    [Test]
    public void Say_that_a_download_is_binary() =>
        document.GetProperty("paths").GetProperty(Attachment).GetProperty("get").GetProperty("responses").GetProperty("200")
            .GetProperty("content").Names().ShouldBe(["application/octet-stream"]);

    [Test]
    public async Task Can_be_browsed()
    {
        var page = await TestBed.Service.Anonymous.GetStringAsync("/docs/index.html");
        page.ShouldContain("swagger-ui");
        var start = await TestBed.Service.Anonymous.GetAsync("/docs");
        start.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/docs/index.html");
    }

    private JsonElement BodiesOf(string path, string method) =>
        document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("requestBody").GetProperty("content");
}
