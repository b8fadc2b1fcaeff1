using System.Text.Json;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests;

/// <summary>What the description of the API says of all operations alike.</summary>
[TestFixture]
internal sealed class ApiDocumentTests
{
    private static readonly string[] Reads = ["get", "head"];
    private static readonly string[] OutcomesOfConditions = ["304", "412"];

    private static readonly string[] Linkable =
    [
        "get /api/v1/project/{project_id}/sessions/{session_id}/attachments/{id}",
        "put /api/v1/project/{project_id}/sessions/{session_id}/attachments/{id}",
        "get /api/records/{eformtype}/{recordid}/attachments/content/{filename}",
        "post /api/records/{eformtype}/{recordid}/attachments/content/{filename}",
        "get /api/records/{eformtype}/{recordid}/attachments/content/{folder}/{filename}",
        "post /api/records/{eformtype}/{recordid}/attachments/content/{folder}/{filename}",
        "get /api/attachment/{attachmentId}/contents",
        "post /api/temporaryattachmentset/{id}",
        "get /v1/uploaded-file/attachment_{id}/{filename}",
        "post /v1/attachments",
        "post /attachments",
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

    [TestCase("/api/v1/project/{project_id}/sessions/{session_id}/attachments/{id}", "")]
    [TestCase("/api/records/{eformtype}/{recordid}/attachments/content/{filename}", "disposition")]
    [TestCase("/api/records/{eformtype}/{recordid}/attachments/content/{folder}/{filename}", "disposition")]
    [TestCase("/api/attachment/{attachmentId}/contents", "disposition")]
    [TestCase("/v1/uploaded-file/attachment_{id}/{filename}", "disposition")]
    public void Every_download_is_described_alike(string path, string parameters)
    {
        foreach (var method in Reads)
        {
            var operation = Find(path, method);
            GetStatuses(operation).ShouldBe(
                method == "get" ? ["200", "206", "304", "410", "412", "416", "default"] : ["200", "304", "410", "412", "default"],
                ignoreOrder: true);
            string.Join(',', GetQueryParameters(operation)).ShouldBe(parameters);
        }
    }

    [TestCase("/api/records/{eformtype}/{recordid}")]
    [TestCase("/api/temporaryattachmentset/{id}/attachment/{attachmentId}")]
    [TestCase("/v1/attachments/{id}")]
    public void What_has_versions_is_read_under_conditions(string path) =>
        OutcomesOfConditions.ShouldBeSubsetOf(GetStatuses(Find(path, "get")));

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

    private JsonElement Find(string path, string method) =>
        operations.Single(operation => operation.Path == path && operation.Method == method).Operation;

    private static IEnumerable<string> GetStatuses(JsonElement operation) => operation.GetProperty("responses").Names();

    private static IEnumerable<string?> GetQueryParameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? from parameter in parameters.EnumerateArray()
              where parameter.GetProperty("in").GetString() == "query"
              select parameter.GetProperty("name").GetString()
            : [];
}
