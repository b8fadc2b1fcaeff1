using System.Text;
using System.Text.Unicode;
using Attachments.FunctionalTests.Access;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Answers;

/// <summary>JSON is UTF-8 and has one media type (RFC 8259, sections 8.1 and 11), whatever is asked for.</summary>
[TestFixture]
internal sealed class JsonTypeTests
{
    private const string Json = "application/json; charset=utf-8";
    private const string Problem = "application/problem+json; charset=utf-8";
    private const string JsonApi = "application/vnd.api+json";

    private static readonly (string Name, string Value)[] Wishes =
    [
        ("Accept-Charset", "utf-16, utf-8"),
        ("Accept-Charset", "utf-16"),
        ("Accept-Charset", "unicode;q=1, utf-8;q=0"),
        ("Accept-Charset", "iso-8859-1, *;q=0"),
        ("Accept", "text/json"),
        ("Accept", "text/*"),
        ("Accept", "text/plain, */*;q=0.1"),
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        ("Accept", "application/json; charset=utf-16"),
        ("Accept", "application/xml"),
        ("Accept", "application/vnd.mine+json"),
        ("Accept", "application/problem+json"),
        ("Accept", "application/json;q=0"),
        ("Accept", "nonsense"),
    ];

    private RunningService service = null!;
    private Scene scene = null!;

    private static IEnumerable<TestCaseData> Cases =>
        from wish in Wishes
        select new TestCaseData(wish).SetArgDisplayNames($"{wish.Name}: {wish.Value}");

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService();
        scene = await Scene.Make(service);
    }

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [TestCaseSource(nameof(Cases))]
    public async Task Is_the_same_whatever_is_asked_for((string Name, string Value) wish)
    {
        var documents = 0;
        foreach (var line in AccessMatrix.Lines.Where(line => line is { Method: "GET", Success: 200 }))
        {
            var target = scene.Target(line.Pattern);
            var plain = await service.Admin.Ask(HttpMethod.Get, target);
            var answer = await service.Admin.Ask(HttpMethod.Get, target, null, wish);
            answer.Status.ShouldBe(200, $"{target}: {answer.Text}");
            answer.Field("Content-Type").ShouldBe(plain.Field("Content-Type"), target);
            answer.Body.ShouldBe(plain.Body, target);
            if (plain.Field("Content-Type")!.Contains("json", StringComparison.Ordinal))
            {
                documents++;
                GetMediaType(plain).ShouldBe(target.StartsWith("/api/records", StringComparison.Ordinal) ? JsonApi : Json, target);
                Utf8.IsValid(plain.Body).ShouldBeTrue(target);
                plain.Body.AsSpan().StartsWith(Encoding.UTF8.Preamble).ShouldBeFalse(target);
            }
        }

        documents.ShouldBeGreaterThan(10);
    }

    [TestCaseSource(nameof(Cases))]
    public async Task A_write_is_answered_alike((string Name, string Value) wish)
    {
        var own = Project.New(service.Admin);
        var session = await own.Send(HttpMethod.Post, own.Sessions, Body.Session("\"unit_id\":\"ü字\""), wish);
        session.ShouldSucceed().GetProperty("unit_id").GetString().ShouldBe("ü字");
        (await OwnedFiles.OfAdmin(service).Create(OwnedFiles.Form([1]), wish)).ShouldBeEntry(201);
        var made = await service.Admin.Ask(HttpMethod.Post, "/api/temporaryattachmentsets", null, wish);
        made.Status.ShouldBe(201, made.Text);
        made.Field("Content-Type").ShouldBe(Json);
    }

    [TestCaseSource(nameof(Cases))]
    public async Task A_problem_keeps_its_type((string Name, string Value) wish)
    {
        foreach (var target in new[] { "/v1/attachments/999999999", "/v1/attachments/x", "/api/temporaryattachmentset/x", "/nowhere" })
        {
            var answer = await service.Admin.Ask(HttpMethod.Get, target, null, wish);
            answer.Status.ShouldBeOneOf(400, 404);
            answer.Field("Content-Type").ShouldBe(Problem, target);
        }

        var error = await service.Admin.Ask(HttpMethod.Get, $"/api/records/{Uri.EscapeDataString(scene.Forms.Name)}?page=x", null, wish);
        error.Status.ShouldBe(400, error.Text);
        error.Field("Content-Type").ShouldBe(JsonApi);
    }

    private static string GetMediaType(Answer answer) =>
        answer.Field("Content-Type")!.Replace(";charset", "; charset", StringComparison.Ordinal);
}
