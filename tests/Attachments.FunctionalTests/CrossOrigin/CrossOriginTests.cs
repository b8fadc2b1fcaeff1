using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.CrossOrigin;

[TestFixture]
internal sealed class CrossOriginTests
{
    private const string Origin = "https://app.example.org";
    private const string Other = "http://localhost:3000";
    private const string AllowOrigin = "Access-Control-Allow-Origin";

    private static readonly string[] Exposed =
    [
        "Accept-Ranges", "Content-Disposition", "Content-Location", "Content-Range", "ETag", "Last-Modified", "Link", "Location", "Repr-Digest", "Retry-After",
        "WWW-Authenticate", "X-Total-Count", "Tus-Checksum-Algorithm", "Tus-Extension", "Tus-Max-Size", "Tus-Resumable", "Tus-Version",
        "Upload-Complete", "Upload-Defer-Length", "Upload-Draft-Interop-Version", "Upload-Expires", "Upload-Length", "Upload-Limit",
        "Upload-Metadata", "Upload-Offset",
    ];

    private RunningService service = null!;
    private Project project = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService($"--Cors:Origins={Origin}, {Other}", "--Limits:MaxUploadBytes=1000");
        project = Project.New(service.Admin);
        await project.HaveFile("s", "p", Files.Make(100));
    }

    [OneTimeTearDown]
    public async Task Stop() => await service.DisposeAsync();

    [TestCase(Origin)]
    [TestCase(Other)]
    public async Task A_page_of_a_configured_origin_may_read_the_answer_and_what_belongs_to_a_file(string origin)
    {
        var answer = await project.Download("s", "p", ("Origin", origin), ("Range", "bytes=0-9"));
        answer.Status.ShouldBe(206);
        answer.Field(AllowOrigin).ShouldBe(origin);
        answer.Field("Access-Control-Expose-Headers")!.Split(',').ShouldBe(Exposed, ignoreOrder: true);
        answer.Field("Access-Control-Allow-Credentials").ShouldBeNull();
        answer.Field("Vary").ShouldBe("Origin");
    }

    [Test]
    public async Task A_304_may_be_read_as_well()
    {
        var answer = await project.Download("s", "p", ("Origin", Origin), ("If-None-Match", "*"));
        answer.Status.ShouldBe(304);
        answer.Field(AllowOrigin).ShouldBe(Origin);
        answer.Field("Vary").ShouldBe("Origin");
    }

    private static IEnumerable<TestCaseData> Refusals()
    {
        var big = new byte[1001];
        yield return new TestCaseData(400, "PUT", "/s/attachments/p", "text/plain", Array.Empty<byte>(), "");
        yield return new TestCaseData(400, "GET", "/%ff", null, null, "");
        yield return new TestCaseData(401, "GET", "/s", null, null, "anonymous");
        yield return new TestCaseData(403, "GET", "/s", null, null, "member");
        yield return new TestCaseData(404, "GET", "/none", null, null, "");
        yield return new TestCaseData(404, "GET", "/s/no/such/route", null, null, "");
        yield return new TestCaseData(405, "PATCH", "/s", null, null, "");
        yield return new TestCaseData(412, "DELETE", "/s/attachments/p", null, null, "");
        yield return new TestCaseData(413, "PUT", "/s/attachments/p", "application/octet-stream", big, "");
        yield return new TestCaseData(415, "POST", "", "text/plain", big, "");
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task A_page_is_told_why_it_is_refused(int status, string method, string route, string? type, byte[]? body, string caller)
    {
        var client = caller switch
        {
            "anonymous" => service.Anonymous,
            "member" => service.Member,
            _ => service.Admin,
        };
        List<(string, string)> fields = [("Origin", Origin)];
        if (status == 412)
        {
            fields.Add(("If-Match", "\"x\""));
        }

        var content = body is null ? null : Body.Create(body, type);
        var answer = await project.As(client).Send(new HttpMethod(method), project.Sessions + route, content, [.. fields]);
        answer.Status.ShouldBe(status, answer.Text);
        answer.Field(AllowOrigin).ShouldBe(Origin);
        answer.Field("Access-Control-Expose-Headers").ShouldNotBeNull();
        answer.Field("Vary").ShouldBe("Origin");
    }

    [Test]
    public async Task A_page_is_told_that_a_range_holds_nothing_and_of_how_much()
    {
        var answer = await project.Download("s", "p", ("Origin", Origin), ("Range", "bytes=100-"));
        answer.Status.ShouldBe(416);
        answer.Field("Content-Range").ShouldBe("bytes */100");
        answer.Field(AllowOrigin).ShouldBe(Origin);
    }

    [TestCase("https://evil.example.org")]
    [TestCase("http://app.example.org")]
    [TestCase("https://app.example.org:8443")]
    [TestCase("https://app.example.org.evil.example")]
    [TestCase("null")]
    public async Task A_page_of_another_origin_may_not(string origin)
    {
        var answer = await project.Download("s", "p", ("Origin", origin));
        answer.Field(AllowOrigin).ShouldBeNull();
        answer.Field("Vary").ShouldBe("Origin");
        var preflight = await Preflight(origin, "PUT", "authorization");
        preflight.Field(AllowOrigin).ShouldBeNull();
    }

    /// <summary>Else a browser would take what it kept of a request without an origin for the answer to one with it.</summary>
    [Test]
    public async Task An_answer_to_no_page_says_that_it_would_be_another_to_one()
    {
        var answer = await project.Download("s", "p");
        answer.Field(AllowOrigin).ShouldBeNull();
        answer.Field("Vary").ShouldBe("Origin");
    }

    [TestCase("PUT", "authorization,content-type,if-match,content-digest")]
    [TestCase("PATCH", "authorization,content-type,if-match")]
    [TestCase("DELETE", "authorization,if-match,if-unmodified-since")]
    [TestCase("GET", "authorization,range,if-range,if-none-match,want-repr-digest")]
    [TestCase("HEAD", "authorization")]
    [TestCase("POST", "authorization,content-type,if-none-match,repr-digest,content-md5")]
    public async Task A_page_may_send_what_the_API_knows(string method, string fields)
    {
        var answer = await Preflight(Origin, method, fields);
        answer.Status.ShouldBe(204);
        answer.Body.ShouldBeEmpty();
        answer.Field(AllowOrigin).ShouldBe(Origin);
        answer.Field("Access-Control-Allow-Methods")!.Split(',').ShouldContain(method);
        answer.Field("Access-Control-Allow-Headers")!.Split(',').ShouldBe(fields.Split(','), ignoreOrder: true);
        answer.Field("Access-Control-Max-Age").ShouldBe("3600");
        answer.Field("Vary").ShouldBe("Origin");
    }

    [Test]
    public async Task One_configured_origin_is_no_exception()
    {
        await using var single = await TestBed.StartService($"--Cors:Origins:0={Origin}");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { { "Origin", Origin } } };
        using var allowed = await single.Anonymous.SendAsync(request);
        allowed.Headers.GetValues(AllowOrigin).ShouldBe([Origin]);
        allowed.Headers.Vary.ShouldBe(["Origin"]);
        using var none = await single.Anonymous.GetAsync("/health/live");
        none.Headers.Vary.ShouldBe(["Origin"]);
    }

    [Test]
    public async Task No_origin_is_configured_by_default()
    {
        var own = Project.New(TestBed.Service.Admin);
        await own.Have("s");
        var answer = await own.Send(HttpMethod.Get, own.Session("s"), null, ("Origin", Origin));
        answer.Status.ShouldBe(200);
        answer.Fields.Keys
            .ShouldNotContain(name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase) || name == "Vary");
        (await own.Send(HttpMethod.Options, own.Session("s"), null, ("Origin", Origin), ("Access-Control-Request-Method", "PUT")))
            .Status.ShouldBe(405);
    }

    private Task<Answer> Preflight(string origin, string method, string fields) => project.As(service.Anonymous).Send(
        HttpMethod.Options,
        project.Attachment("s", "p"),
        null,
        ("Origin", origin),
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", fields));
}
