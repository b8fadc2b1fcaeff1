using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Webhooks;

[TestFixture]
internal sealed class ManageWebhooksTests
{
    private const string Url = "https://erp.example.org/hooks";

    private RunningService service = null!;

    [OneTimeSetUp]
    public async Task Start() => service = await TestBed.StartService("--Webhooks:MaxEndpoints=200");

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [Test]
    public async Task Makes_one_and_shows_its_secret_once()
    {
        var made = await Create($$"""{"url":"{{Url}}","types":["set.claimed","set.claimed"],"project":7,"form_type":null,"description":"ä"}""");
        made.Status.ShouldBe(201, made.Text);
        var id = made.Json.GetProperty("id").GetString();
        made.Field("Location").ShouldBe($"/v1/webhooks/{id}");
        made.Json.GetProperty("secret").GetString().ShouldStartWith("whsec_");
        var read = await service.Admin.Ask(HttpMethod.Get, made.Field("Location")!);
        read.Status.ShouldBe(200);
        read.Field("ETag").ShouldBe(made.Field("ETag"));
        read.Json.TryGetProperty("secret", out _).ShouldBeFalse();
        (read.Json.GetProperty("url").GetString(), read.Json.GetProperty("project").GetInt64(), read.Json.GetProperty("state").GetString())
            .ShouldBe((Url, 7, "active"));
        read.Json.GetProperty("types").EnumerateArray().Select(type => type.GetString()).ShouldBe(["set.claimed"]);
        var list = await service.Admin.Ask(HttpMethod.Get, Hooks.Collection);
        list.Json.GetProperty("webhooks").EnumerateArray().Select(it => it.GetProperty("id").GetString()).ShouldContain(id);
        list.Text.ShouldNotContain("whsec_");
    }

    [TestCase("""{}""", "webhook_url_refused")]
    [TestCase("""{"url":null}""", "webhook_url_refused")]
    [TestCase("""{"url":"http://erp.example.org/"}""", "webhook_url_refused")]
    [TestCase("""{"url":"https://erp.example.org:8443/"}""", "webhook_url_refused")]
    [TestCase("""{"url":"https://user:pass@erp.example.org/"}""", "webhook_url_refused")]
    [TestCase("""{"url":"https://127.0.0.1/"}""", "webhook_url_refused")]
    [TestCase("""{"url":"https://[::ffff:169.254.169.254]/"}""", "webhook_url_refused")]
    [TestCase("""{"url":"https://erp.example.org/","types":["session.renamed"]}""", "validation_failed")]
    [TestCase("""{"url":"https://erp.example.org/","description":"a\u0000b"}""", "validation_failed")]
    [TestCase("""{"url":"https://erp.example.org/ "}""", "validation_failed")]
    [TestCase("""{"url":"https://erp.example.org/","types":"set.claimed"}""", "webhook_invalid")]
    [TestCase("""{"url":"https://erp.example.org/","types":[1]}""", "webhook_invalid")]
    [TestCase("""{"url":"https://erp.example.org/","project":"7"}""", "webhook_invalid")]
    [TestCase("""{"url":"https://erp.example.org/","project":7.5}""", "webhook_invalid")]
    [TestCase("""{"url":"https://erp.example.org/","secret":"whsec_mine"}""", "webhook_invalid")]
    [TestCase("""{"url":"https://erp.example.org/","url":"https://erp.example.org/"}""", "webhook_invalid")]
    [TestCase("""{"url":"https://erp.example.org/","state":"gone"}""", "webhook_invalid")]
    [TestCase("""{"url":"https://erp.example.org/","form_type":""}""", "form_type_invalid")]
    [TestCase("""[]""", "webhook_invalid")]
    [TestCase("""{"url":""", "json_invalid")]
    public async Task Refuses_another_body(string json, string code) => (await Create(json)).ShouldBeProblem(400, code);

    [Test]
    public async Task Takes_a_body_of_JSON_only() =>
        (await service.Admin.Ask(HttpMethod.Post, Hooks.Collection, new StringContent("url=x"))).ShouldBeProblem(415, "media_type_unsupported");

    [Test]
    public async Task Changes_what_is_sent()
    {
        var hook = await Make($$"""{"url":"{{Url}}","project":7,"description":"old","types":["set.claimed"]}""");
        var changed = await hook.Patch("""{"description":"new","project":null,"types":[]}""");
        changed.Status.ShouldBe(200, changed.Text);
        changed.Json.GetProperty("description").GetString().ShouldBe("new");
        changed.Json.TryGetProperty("project", out _).ShouldBeFalse();
        changed.Json.GetProperty("types").GetArrayLength().ShouldBe(0);
        changed.Json.GetProperty("url").GetString().ShouldBe(Url);
        (await hook.Get()).Json.ShouldBeJson(changed.Text);
        (await hook.Patch("""{"url":"https://10.0.0.1/"}""")).ShouldBeProblem(400, "webhook_url_refused");
        (await hook.Patch("""{"name":"x"}""")).ShouldBeProblem(400, "webhook_invalid");
        (await hook.Get()).Json.ShouldBeJson(changed.Text);
    }

    [Test]
    public async Task Changes_the_version_that_a_client_has_seen()
    {
        var hook = await Make($$"""{"url":"{{Url}}"}""");
        var seen = (await hook.Get()).Field("ETag")!;
        (await hook.Get(("If-None-Match", seen))).Status.ShouldBe(304);
        (await hook.Patch("""{"description":"one"}""", ("If-Match", seen))).Status.ShouldBe(200);
        (await hook.Patch("""{"description":"two"}""", ("If-Match", seen))).ShouldBeProblem(412, "precondition_failed");
        (await hook.Patch("""{"description":"two"}""", ("If-Match", "nonsense"))).ShouldBeProblem(400, "precondition_invalid");
        (await hook.Get()).Json.GetProperty("description").GetString().ShouldBe("one");
    }

    [Test]
    public async Task Disables_and_enables()
    {
        var hook = await Make($$"""{"url":"{{Url}}"}""");
        var disabled = (await hook.Patch("""{"state":"disabled"}""")).Json;
        (disabled.GetProperty("state").GetString(), disabled.GetProperty("disabled_reason").GetString()).ShouldBe(("disabled", "requested"));
        var enabled = (await hook.Patch("""{"state":"active"}""")).Json;
        (enabled.GetProperty("state").GetString(), enabled.TryGetProperty("disabled_reason", out _)).ShouldBe(("active", false));
    }

    [Test]
    public async Task Deletes()
    {
        var hook = await Make($$"""{"url":"{{Url}}"}""");
        (await hook.Delete()).Status.ShouldBe(204);
        (await hook.Get()).ShouldBeProblem(404, "webhook_not_found");
        (await hook.Patch("{}")).ShouldBeProblem(404, "webhook_not_found");
        (await hook.Post("test")).ShouldBeProblem(404, "webhook_not_found");
        (await hook.Delete()).ShouldBeProblem(404, "webhook_not_found");
        (await hook.ListDeliveries()).ShouldBeProblem(404, "webhook_not_found");
        await service.Sweep();
        (await service.Admin.Ask(HttpMethod.Get, Hooks.Collection)).Text.ShouldNotContain(hook.Id);
    }

    [TestCase("""{}""", 400, "webhook_invalid")]
    [TestCase("""{"after":7}""", 400, "webhook_invalid")]
    [TestCase("""{"after":"nonsense"}""", 400, "cursor_invalid")]
    [TestCase("""{"after":"MDE5YWM1ZTI1YzcwN2U1MzhjMzQxZjJkOWIxY2UxYTUuNDI"}""", 410, "cursor_expired")]
    public async Task Replays_from_cursors_of_the_feed_only(string json, int status, string code) =>
        (await (await Make($$"""{"url":"{{Url}}"}""")).Post("replay", json)).ShouldBeProblem(status, code);

    [TestCase("?state=lost")]
    [TestCase("?limit=0")]
    [TestCase("?limit=201")]
    [TestCase("?after=nonsense")]
    public async Task Refuses_another_list_of_deliveries(string query) =>
        (await (await Make($$"""{"url":"{{Url}}"}""")).ListDeliveries(query)).ShouldBeProblem(400, "validation_failed");

    [Test]
    public async Task Refuses_ids_that_are_none()
    {
        (await service.Admin.Ask(HttpMethod.Get, "/v1/webhooks/7")).Status.ShouldBe(400);
        var hook = await Make($$"""{"url":"{{Url}}"}""");
        (await hook.Post("deliveries/7/retry")).Status.ShouldBe(400);
        (await hook.Post($"deliveries/{Guid.NewGuid()}/retry")).ShouldBeProblem(404, "delivery_not_found");
    }

    [Test]
    public async Task Makes_no_more_than_are_allowed_however_many_ask_at_once()
    {
        await using var small = await TestBed.StartService("--Webhooks:MaxEndpoints=2");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            small.Admin.Ask(HttpMethod.Post, Hooks.Collection, Body.Json($$"""{"url":"{{Url}}"}"""))));
        answers.Count(answer => answer.Status == 201).ShouldBe(2);
        foreach (var answer in answers.Where(answer => answer.Status != 201))
        {
            answer.ShouldBeProblem(409, "webhooks_limit");
        }
    }

    [Test]
    public async Task Is_not_there_without_a_feed()
    {
        await using var off = await TestBed.StartService("--Changes:Enabled=false");
        var hook = new Hook(off.Admin, $"{Guid.NewGuid()}", "");
        Answer[] answers =
        [
            await off.Admin.Ask(HttpMethod.Post, Hooks.Collection, Body.Json("nonsense")),
            await off.Admin.Ask(HttpMethod.Get, Hooks.Collection),
            await hook.Get(),
            await hook.Patch("{}"),
            await hook.Delete(),
            await hook.Post("rotate"),
            await hook.Post("test"),
            await hook.Post("replay", "{}"),
            await hook.ListDeliveries("?state=nonsense"),
            await hook.Post($"deliveries/{Guid.NewGuid()}/retry"),
        ];
        foreach (var answer in answers)
        {
            answer.ShouldBeProblem(404, "changes_off");
        }

        (await off.Other.Ask(HttpMethod.Get, Hooks.Collection)).Status.ShouldBe(403);
    }

    private Task<Answer> Create(string json) => service.Admin.Ask(HttpMethod.Post, Hooks.Collection, Body.Json(json));

    private async Task<Hook> Make(string json)
    {
        var made = (await Create(json)).Json;
        return new Hook(service.Admin, made.GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
    }
}
