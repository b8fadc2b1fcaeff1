using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.TemporarySets;

/// <summary>Who may use the routes of temporary sets, and in which order they refuse.</summary>
[TestFixture]
internal sealed class TemporarySetAccessTests : TemporarySetsFixture
{
    private const string SetRoute = "/api/temporaryattachmentset/{id}";
    private const string ItemRoute = SetRoute + "/attachment/{item}";
    private const string ContentsRoute = "/api/attachment/{item}/contents";
    private const string ClaimRoute = SetRoute + "/claim";

    private static readonly string[] Parameters = ["{id}", "{item}"];

    private static readonly TestCaseData[] Routes =
    [
        new("GET", SetRoute),
        new("POST", SetRoute),
        new("DELETE", SetRoute),
        new("GET", ItemRoute),
        new("DELETE", ItemRoute),
        new("GET", ContentsRoute),
        new("HEAD", ContentsRoute),
        new("POST", ClaimRoute),
    ];

    private static IEnumerable<TestCaseData> RoutesOfWhatIsThere =>
        Routes.Where(route => route.Arguments is not ["GET" or "POST", SetRoute]);

    [TestCaseSource(nameof(Routes))]
    [TestCase("POST", "/api/temporaryattachmentsets")]
    public async Task Nobody_gets_in_without_a_token(string method, string route)
    {
        foreach (var id in new[] { Guid.NewGuid().ToString(), "none" })
        {
            var answer = await Ask(Service.Anonymous, method, route, id, id);
            answer.Status.ShouldBe(401);
            answer.Field("WWW-Authenticate").ShouldBe("Bearer");
        }
    }

    [TestCaseSource(nameof(Routes))]
    public async Task An_id_that_is_no_guid_is_malformed(string method, string route)
    {
        var good = Guid.NewGuid().ToString();
        foreach (var id in new[] { "none", "0", good[1..], good.Replace("-", ""), $"%7B{good}%7D", $"%20{good}", $"({good})", good + "0" })
        {
            foreach (var parameter in Parameters.Where(route.Contains))
            {
                var answer = await Ask(Service.Member, method, route.Replace(parameter, id), good, good);
                answer.Status.ShouldBe(400, $"{parameter} {id}");
                if (method != "HEAD")
                {
                    answer.ShouldBeProblem(400, "validation_failed");
                }
            }
        }
    }

    [TestCaseSource(nameof(Routes))]
    public async Task A_set_of_somebody_elses_does_not_exist(string method, string route)
    {
        var item = (await Set.Have("a"))[0].Id();
        var answer = await Ask(Service.Other, method, route, Set.Id, item);
        answer.Status.ShouldBe(404);
        if (method != "HEAD")
        {
            var ofItem = route is ItemRoute or ContentsRoute && method != "DELETE";
            answer.ShouldBeProblem(404, ofItem ? "attachment_not_found" : "temporary_set_not_found");
        }

        (await Set.Names()).ShouldBe(["a"]);
    }

    // But for a list and an upload, which succeed for an id that nobody uses.
    [TestCaseSource(nameof(RoutesOfWhatIsThere))]
    public async Task Tells_no_more_of_a_set_of_somebody_elses_than_of_none(string method, string route)
    {
        var item = (await Set.Have("a"))[0].Id();
        var theirs = await Ask(Service.Other, method, route, Set.Id, item);
        var (noSet, noItem) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        var none = await Ask(Service.Other, method, route, noSet, noItem);
        Anonymous(theirs.Text, Set.Id, item).ShouldBe(Anonymous(none.Text, noSet, noItem));
        theirs.Status.ShouldBe(none.Status);
    }

    [Test]
    public async Task An_admin_may_do_everything()
    {
        var item = (await Set.Have("a"))[0].Id();
        var set = Set.As(Service.Admin);
        (await set.Names()).ShouldBe(["a"]);
        (await set.Read(item)).Status.ShouldBe(200);
        (await set.Download(item)).Status.ShouldBe(200);
        (await set.Upload(Part.File("b", [1]))).Status.ShouldBe(201);
        (await set.Remove(item)).Status.ShouldBe(200);
        (await Set.Names()).ShouldBe(["b"], "it is still its owner's");
        (await set.Drop()).Status.ShouldBe(200);
    }

    [TestCase("POST", SetRoute, 401)]
    [TestCase("POST", SetRoute, 404)]
    [TestCase("POST", ClaimRoute, 401)]
    [TestCase("POST", ClaimRoute, 404)]
    public async Task A_refused_request_is_not_asked_for_its_body(string method, string route, int status)
    {
        await Set.Have("a");
        var token = status == 401 ? "none" : Service.Sign(new Api.Callers.TokenRequest("another"));
        await using var connection = await Service.Connect();
        await connection.Send(
            $"{method} {route.Replace("{id}", Set.Id)} HTTP/1.1\r\nHost: {Service.Address.Authority}\r\nAuthorization: Bearer {token}\r\n"
            + $"Content-Type: {Body.MultipartType}\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
        (await connection.ReadAnswer()).Status.ShouldBe(status);
    }

    [TestCase("PUT", SetRoute, "DELETE, GET, HEAD, OPTIONS, POST")]
    [TestCase("PATCH", ItemRoute, "DELETE, GET, HEAD")]
    [TestCase("POST", ContentsRoute, "GET, HEAD")]
    [TestCase("GET", ClaimRoute, "POST")]
    [TestCase("GET", "/api/temporaryattachmentsets", "POST")]
    public async Task An_unknown_method_is_answered_with_the_known_ones(string method, string route, string allowed)
    {
        var id = Guid.NewGuid().ToString();
        var answer = await Ask(Service.Admin, method, route, id, id);
        answer.ShouldBeProblem(405, "method_not_allowed");
        answer.Field("Allow")!.Split(", ").Order().ShouldBe(allowed.Split(", "));
    }

    private static Task<Answer> Ask(HttpClient client, string method, string route, string set, string item) => client.Ask(
        new HttpMethod(method), route.Replace("{id}", set).Replace("{item}", item), method == "POST" ? Body.Json("{}") : null);

    private static string Anonymous(string text, string set, string item) => System.Text.RegularExpressions.Regex.Replace(
        text.Replace(set, "set").Replace(item, "item"), "\"traceId\":\"[0-9a-f]*\"", "");
}
