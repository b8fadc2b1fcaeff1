using Attachments.FunctionalTests.Access;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Uploads;

/// <summary>415 says what would be taken instead (RFC 9110, section 15.5.16; RFC 5789, section 2.2).</summary>
[TestFixture]
internal sealed class UnsupportedTypeTests
{
    private const string Sessions = "/api/v1/project/{project_id}/sessions";
    private const string Record = "/api/records/{eformtype}/{recordid}";
    private const string Set = "/api/temporaryattachmentset/{id}";
    private const string Owned = "/v1/attachments";

    private const string Documents = "application/json, application/x-www-form-urlencoded, multipart/form-data";
    private const string JsonApi = "application/vnd.api+json, application/json";

    private RunningService service = null!;
    private Scene scene = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService();
        scene = await Scene.Make(service);
    }

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [TestCase("POST", Sessions, Documents)]
    [TestCase("PUT", Sessions + "/{session_id}", Documents)]
    [TestCase("POST", "/api/records/{eformtype}", JsonApi)]
    [TestCase("PUT", Record, JsonApi)]
    [TestCase("PATCH", Record, JsonApi)]
    [TestCase("POST", Set, "multipart/*")]
    [TestCase("POST", Set + "/claim", "application/json")]
    [TestCase("POST", Owned, "multipart/form-data")]
    [TestCase("PUT", Owned + "/{id}", Documents)]
    [TestCase("PATCH", Owned + "/{id}", Documents)]
    public async Task A_type_that_is_not_taken_is_answered_with_those_that_are(string method, string pattern, string types)
    {
        foreach (var type in new[] { "text/css", "application/xml; charset=utf-8" })
        {
            var answer = await service.Admin.Ask(new HttpMethod(method), scene.Target(pattern), Body.Create([1], type));
            answer.Status.ShouldBe(415, answer.Text);
            answer.Field("Accept").ShouldBe(types);
            answer.Field("Accept-Patch").ShouldBe(method == "PATCH" ? types : null);
            answer.Field("Accept-Encoding").ShouldBeNull();
        }
    }

    [TestCase("POST", Sessions, "application/json")]
    [TestCase("POST", Sessions, "application/x-www-form-urlencoded")]
    [TestCase("POST", Sessions, "multipart/form-data; boundary=x")]
    [TestCase("PUT", Sessions + "/{session_id}", "application/json")]
    [TestCase("PUT", Sessions + "/{session_id}/attachments/{id}", "application/octet-stream")]
    [TestCase("PUT", Sessions + "/{session_id}/attachments/{id}", "multipart/form-data; boundary=x")]
    [TestCase("POST", "/api/records/{eformtype}", "application/json")]
    [TestCase("PUT", Record, "application/vnd.api+json")]
    [TestCase("PATCH", Record, "application/vnd.api+json")]
    [TestCase("POST", Record + "/attachments/content/new", "image/png")]
    [TestCase("POST", Set, "multipart/mixed; boundary=x")]
    [TestCase("POST", Set + "/claim", "application/json")]
    [TestCase("POST", Owned, "multipart/form-data; boundary=x")]
    [TestCase("PUT", Owned + "/{id}", "application/json")]
    [TestCase("PATCH", Owned + "/{id}", "multipart/form-data; boundary=x")]
    public async Task A_content_coding_is_answered_with_the_one_that_is_taken(string method, string pattern, string type)
    {
        foreach (var coding in new[] { "gzip", "identity, br" })
        {
            var body = Body.Create([1], type).With("Content-Encoding", coding);
            var answer = await service.Admin.Ask(new HttpMethod(method), scene.Target(pattern), body);
            answer.Status.ShouldBe(415, answer.Text);
            answer.Text.ShouldContain("content_encoding_unsupported");
            answer.Field("Accept-Encoding").ShouldBe("identity");
            answer.Field("Accept").ShouldBeNull();
            answer.Field("Accept-Patch").ShouldBeNull();
        }
    }

    [Test]
    public async Task A_parameter_that_json_api_does_not_know_is_answered_with_the_types_that_are_taken()
    {
        var body = Body.Create([1], "application/vnd.api+json; charset=utf-8");
        var answer = await service.Admin.Ask(HttpMethod.Patch, scene.Target(Record), body);
        answer.Status.ShouldBe(415, answer.Text);
        answer.Field("Accept-Patch").ShouldBe(JsonApi);
    }
}
