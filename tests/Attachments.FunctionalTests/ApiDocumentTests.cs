using System.Text.Json;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests;

/// <summary>What the description of the API says of all operations alike.</summary>
[TestFixture]
internal sealed class ApiDocumentTests
{
    private static readonly string[] Reads = ["get", "head"];

    private static readonly string[] Linkable =
    [
        "get /api/v1/project/{project_id}/sessions/{session_id}/attachments/{id}",
        "put /api/v1/project/{project_id}/sessions/{session_id}/attachments/{id}",
        "get /api/records/{eformtype}/{recordid}/attachments/content/{filename}",
        "post /api/records/{eformtype}/{recordid}/attachments/content/{filename}",
        "get /api/records/{eformtype}/{recordid}/attachments/content/{folder}/{filename}",
        "post /api/records/{eformtype}/{recordid}/attachments/content/{folder}/{filename}",
        "get /api/attachment/{attachmentId}/contents",
        "get /api/records/{eformtype}/{recordid}/archive",
        "get /api/records/{eformtype}/{recordid}/archive/{folder}",
        "get /api/temporaryattachmentset/{id}/archive",
        "get /api/v1/project/{project_id}/sessions/{session_id}/archive",
        "get /v1/attachments/archive",
        "post /api/temporaryattachmentset/{id}",
        "get /v1/uploaded-file/attachment_{id}/{filename}",
        "post /v1/attachments",
    ];

    private readonly List<(string Path, string Method, JsonElement Operation)> operations = [];

    [OneTimeSetUp]
    public async Task Read()
    {
        var document = (await TestBed.Service.Anonymous.Ask(HttpMethod.Get, "/openapi/v1.json")).Json;
        operations.AddRange(
            from path in document.GetProperty("paths").EnumerateObject()
            where !path.Name.StartsWith("/health", StringComparison.Ordinal)
            from operation in path.Value.EnumerateObject()
            select (path.Name, operation.Name, operation.Value));
    }

    [Test]
    public void Every_write_takes_conditions() =>
        operations.Where(operation => !Reads.Contains(operation.Method))
            .ShouldAllBe(operation => GetStatuses(operation.Operation).Contains("412"));

    /// <summary>Generators call their methods by it.</summary>
    [Test]
    public void Every_operation_has_an_id_of_its_own()
    {
        var ids = operations.Select(operation => operation.Operation.GetProperty("operationId").GetString()).ToList();
        ids.ShouldBeUnique();
        ids.ShouldContain("putSessionAttachment");
    }

    [Test]
    public void Every_operation_has_the_errors_of_its_request() => operations.ShouldAllBe(operation =>
        ErrorsOf(operation.Path, operation.Operation).All(status => GetStatuses(operation.Operation).Contains(status)));

    [Test]
    public Task Every_example_is_what_its_schema_says() => ApiContract.HoldExamples();

    [Test]
    public void No_response_to_head_has_a_body() =>
        operations.Where(operation => operation.Method == "head").SelectMany(operation => operation.Operation.GetProperty("responses").EnumerateObject())
            .ShouldAllBe(response => !response.Value.Names().Contains("content"));

    [Test]
    public void Documents_are_offered_in_their_one_media_type() =>
        operations.SelectMany(operation => operation.Operation.GetProperty("responses").EnumerateObject(), (operation, response) => (operation.Path, Response: response))
            .Where(it => it.Response.Value.Names().Contains("content") && !IsAnswerOfFamily(it.Path, it.Response.Name))
            .ShouldAllBe(it => it.Response.Value.GetProperty("content").Names().Count(type => type != "text/event-stream") == 1
                || IsFileOrPreview(it.Response.Value));

    [Test]
    public void The_feed_is_a_document_or_a_stream() => Find("/v1/changes", "get").GetProperty("responses").GetProperty("200")
        .GetProperty("content").Names().ShouldBe(["application/json", "text/event-stream"]);

    /// <summary>A file of a session is of no type; its preview is.</summary>
    private static bool IsFileOrPreview(JsonElement response) =>
        response.GetProperty("content").Names().SequenceEqual(["application/octet-stream", "image/jpeg"]);

    /// <summary>The last bytes of an upload get the answer of the family that the file is for; those of records have a form of their own.</summary>
    private static bool IsAnswerOfFamily(string path, string status) => path == "/uploads/{id}" && status is not ['2', ..];

    /// <summary>Generated clients take it for one of two successes, and then return neither.</summary>
    [Test]
    public void Not_modified_is_told_in_the_description_only() =>
        operations.ShouldAllBe(operation => !GetStatuses(operation.Operation).Contains("304"));

    /// <summary>What is also under /attachments is told in the description only.</summary>
    [Test]
    public void No_operation_is_described_twice() =>
        operations.ShouldAllBe(operation => !operation.Path.StartsWith("/attachments", StringComparison.Ordinal));

    [Test]
    public void Every_parameter_is_described_and_those_of_a_path_have_examples()
    {
        var parameters =
            from operation in operations
            where operation.Operation.Names().Contains("parameters")
            from parameter in operation.Operation.GetProperty("parameters").EnumerateArray()
            where parameter.Names().Contains("name")
            select (operation.Method, operation.Path, Parameter: parameter);
        parameters.ShouldNotBeEmpty();
        parameters.ShouldAllBe(it => it.Parameter.Names().Contains("description")
            && (it.Parameter.GetProperty("in").GetString() != "path" || it.Parameter.Names().Contains("example")));
    }

    [TestCase("/api/v1/project/{project_id}/sessions/{session_id}/attachments/{id}", "preview")]
    [TestCase("/api/records/{eformtype}/{recordid}/attachments/content/{filename}", "disposition,preview")]
    [TestCase("/api/records/{eformtype}/{recordid}/attachments/content/{folder}/{filename}", "disposition,preview")]
    [TestCase("/api/attachment/{attachmentId}/contents", "disposition,preview")]
    [TestCase("/v1/uploaded-file/attachment_{id}/{filename}", "disposition,preview")]
    public void Every_download_is_described_alike(string path, string parameters)
    {
        foreach (var method in Reads)
        {
            var operation = Find(path, method);
            GetStatuses(operation).ShouldBe(
                method == "get" ? ["200", "206", "400", "401", "403", "404", "410", "412", "416", "503", "default"]
                    : ["200", "400", "401", "403", "404", "410", "412", "503", "default"], ignoreOrder: true);
            string.Join(',', GetQueryParameters(operation)).ShouldBe(parameters);
        }
    }

    [TestCase("/api/records/{eformtype}/{recordid}")]
    [TestCase("/api/temporaryattachmentset/{id}/attachment/{attachmentId}")]
    [TestCase("/v1/attachments/{id}")]
    public void What_has_versions_is_read_under_conditions(string path) =>
        GetStatuses(Find(path, "get")).ShouldContain("412");

    [TestCase("/api/records/{eformtype}", "page[size],page[after]")]
    [TestCase("/api/records/{eformtype}/{recordid}/attachments", "page[size],page[after]")]
    [TestCase("/api/temporaryattachmentset/{id}", "$filter,$orderby,$skip,$top,$take,$inlinecount,$count,$select,$format")]
    public void A_list_has_its_parameters(string path, string parameters) =>
        string.Join(',', GetQueryParameters(Find(path, "get"))).ShouldBe(parameters);

    [Test]
    public void Says_what_a_signed_link_can_be_for()
    {
        var linkable = operations
            .Where(operation => operation.Operation.GetProperty("security").EnumerateArray().Any(scheme => scheme.TryGetProperty("link", out _)))
            .Select(operation => $"{operation.Method} {operation.Path}");
        linkable.Where(operation => !operation.StartsWith("head", StringComparison.Ordinal)).Order().ShouldBe(Linkable.Order());
    }

    private static IEnumerable<string> ErrorsOf(string path, JsonElement operation) =>
    [
        "400",
        "401",
        .. path.Contains('{', StringComparison.Ordinal) ? ["404"] : Array.Empty<string>(),
        .. operation.TryGetProperty("requestBody", out _) ? ["413", "415"] : Array.Empty<string>(),
    ];

    private JsonElement Find(string path, string method) =>
        operations.Single(operation => operation.Path == path && operation.Method == method).Operation;

    private static IEnumerable<string> GetStatuses(JsonElement operation) => operation.GetProperty("responses").Names();

    private static IEnumerable<string?> GetQueryParameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? from parameter in parameters.EnumerateArray()
              where parameter.TryGetProperty("in", out var place) && place.GetString() == "query"
              select parameter.GetProperty("name").GetString()
            : [];
}
