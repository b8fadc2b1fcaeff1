using Attachments.Api.Callers;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

/// <summary>Who may use the routes of sessions, and in which order they refuse.</summary>
[TestFixture]
internal sealed class SessionAccessTests : SessionsFixture
{
    private const string Session = "/s";
    private const string Attachments = "/s/attachments";
    private const string Point = "/s/attachments/p";

    // Each method of each route, below a project's sessions.
    private static readonly TestCaseData[] Routes =
    [
        new("POST", ""),
        new("GET", ""),
        new("GET", Session),
        new("PUT", Session),
        new("DELETE", Session),
        new("GET", Attachments),
        new("GET", Point),
        new("HEAD", Point),
        new("PUT", Point),
        new("DELETE", Point),
    ];

    [TestCaseSource(nameof(Routes))]
    public async Task Nobody_gets_in_without_a_token(string method, string route)
    {
        var answer = await Ask(Service.Anonymous, method, "abc", route);
        ShouldBeRefused(answer, method, 401, "unauthenticated");
        answer.Field("WWW-Authenticate").ShouldBe("Bearer");
    }

    [TestCaseSource(nameof(Routes))]
    public async Task A_malformed_project_comes_before_the_question_of_access(string method, string route)
    {
        foreach (var project in new[] { "abc", "1.0", "0x7", "99999999999999999999", "%207", "+7", "7,000", "٧" })
        {
            ShouldBeRefused(await Ask(Service.Member, method, project, route), method, 400, "validation_failed");
        }
    }

    [TestCaseSource(nameof(Routes))]
    public async Task Another_projects_sessions_are_forbidden_whether_they_are_there_or_not(string method, string route) =>
        ShouldBeRefused(await Ask(Service.Member, method, "8", route), method, 403, "project_forbidden");

    [TestCaseSource(nameof(Routes))]
    public async Task A_missing_session_comes_before_what_the_body_is(string method, string route)
    {
        var answer = await Ask(Service.Member, method, $"{RunningService.MembersProject}", route);
        if (route.Length == 0)
        {
            answer.Status.ShouldBe(method == "GET" ? 200 : 415);
        }
        else
        {
            ShouldBeRefused(answer, method, 404, "session_not_found");
        }
    }

    [Test]
    public async Task The_callers_own_project_is_open()
    {
        var project = new Project(Service.Member, RunningService.MembersProject);
        await project.HaveFile("mine", "p", [1]);
        (await project.FileIn("mine", "p")).ShouldBe([1]);
        (await project.Detach("mine", "p")).ShouldSucceed();
        (await project.Delete("mine")).ShouldSucceed();
    }

    [Test]
    public async Task Every_integer_is_a_project()
    {
        using var everywhere = Service.ClientWith(Service.Sign(new TokenRequest("all") { AllProjects = true }));
        foreach (var id in new[] { long.MinValue, -1, 0, long.MaxValue })
        {
            (await new Project(everywhere, id).Have(Uuid)).GetProperty("project_id").GetInt64().ShouldBe(id);
            (await new Project(everywhere, id).Delete(Uuid)).ShouldSucceed();
        }
    }

    [TestCase("nonsense")]
    [TestCase("a.b.c")]
    [TestCase("forged")]
    [TestCase("without signature")]
    public async Task A_bad_token_is_none(string token)
    {
        var good = Service.AdminToken.Split('.');
        using var client = Service.ClientWith(token switch
        {
            "forged" => $"{good[0]}.{good[1]}.{new string('A', good[2].Length)}",
            "without signature" => $"eyJhbGciOiJub25lIn0.{good[1]}.",
            _ => token,
        });
        var answer = await Project.As(client).List();
        answer.ShouldBeProblem(401, "unauthenticated");
        answer.Field("WWW-Authenticate")!.ShouldStartWith("Bearer");
    }

    [TestCase("POST", "", 401)]
    [TestCase("PUT", Session, 401)]
    [TestCase("PUT", Point, 401)]
    [TestCase("POST", "", 403)]
    [TestCase("PUT", Session, 403)]
    [TestCase("PUT", Point, 403)]
    [TestCase("PUT", Session, 404)]
    [TestCase("PUT", Point, 404)]
    public async Task A_refused_upload_is_not_asked_for_its_body(string method, string route, int status)
    {
        var target = new Project(Service.Member, status == 403 ? 8 : RunningService.MembersProject).Sessions + route;
        var token = status == 401 ? "none" : Service.Sign(new TokenRequest("member") { Projects = [RunningService.MembersProject] });
        await using var connection = await Service.Connect();
        await connection.Send(
            $"{method} {target} HTTP/1.1\r\nHost: {Service.Address.Authority}\r\nAuthorization: Bearer {token}\r\n"
            + $"Content-Type: {Body.MultipartType}\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
        (await connection.ReadAnswer()).Status.ShouldBe(status);
    }

    [TestCase("PATCH", "", "GET, HEAD, POST")]
    [TestCase("DELETE", "", "GET, HEAD, POST")]
    [TestCase("POST", Session, "DELETE, GET, HEAD, PUT")]
    [TestCase("PUT", Attachments, "GET, HEAD")]
    [TestCase("POST", Point, "DELETE, GET, HEAD, OPTIONS, PUT")]
    public async Task An_unknown_method_is_answered_with_the_known_ones(string method, string route, string allowed)
    {
        var answer = await Ask(Service.Admin, method, "7", route);
        answer.ShouldBeProblem(405, "method_not_allowed");
        answer.Field("Allow")!.Split(", ").Order().ShouldBe(allowed.Split(", "));
    }

    [TestCase("/s/attachments/p/q")]
    [TestCase("/s/points")]
    public async Task An_unknown_route_is_not_found(string route) =>
        (await Ask(Service.Admin, "GET", "7", route)).ShouldBeProblem(404, "route_not_found");

    private static Task<Answer> Ask(HttpClient client, string method, string project, string route) => new Project(client, project).Send(
        new HttpMethod(method), $"/api/v1/project/{project}/sessions{route}",
        method is "POST" or "PUT" ? Body.Create([], "text/plain") : null);

    private static void ShouldBeRefused(Answer answer, string method, int status, string code)
    {
        answer.Status.ShouldBe(status);
        if (method == "HEAD")
        {
            answer.Body.ShouldBeEmpty();
        }
        else
        {
            answer.ShouldBeProblem(status, code);
        }
    }
}
