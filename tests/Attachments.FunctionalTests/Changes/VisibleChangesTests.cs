using Attachments.Api.Callers;
using Attachments.FunctionalTests.Access;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Changes;

/// <summary>Who is told of what: those who could see it when it happened.</summary>
[TestFixture]
internal sealed class VisibleChangesTests
{
    private const long Organisation = 31;
    private const long AnotherOrganisation = 32;

    private static readonly byte[] File = Files.Make(Files.Small);

    private RunningService service = null!;

    [OneTimeSetUp]
    public async Task Start() => service = await TestBed.StartService();

    [OneTimeTearDown]
    public ValueTask Stop() => service.DisposeAsync();

    [Test]
    public async Task Everybody_is_told_of_what_they_may_see()
    {
        var before = await service.ReadCursor();
        var scene = await Scene.Make(service);
        var all = await service.ReadChangesAfter(before);
        all.Select(Family).Distinct().Order().ShouldBe(["attachment", "record", "session", "set"]);
        foreach (var (who, families) in new (Who, string[])[]
        {
            (Who.Stranger, []),
            (Who.Project, ["session"]),
            (Who.AnotherProject, []),
            (Who.RecordsRead, ["record"]),
            (Who.Records, ["record"]),
            (Who.Organisation, ["attachment"]),
            (Who.AnotherOrganisation, []),
            (Who.Owner, ["attachment", "set"]),
        })
        {
            using var client = service.ClientWith(Scene.Token(service, who));
            var seen = await service.ReadChangesAfter(before, client);
            seen.Select(Family).Distinct().Order().ToArray().ShouldBe(families, who.ToString());
        }

        scene.Set.ShouldNotBeEmpty();
        using var everyProject = service.ClientWith(service.Sign(new TokenRequest("engineer") { AllProjects = true }));
        (await service.ReadChangesAfter(before, everyProject)).Select(Family).Distinct().ShouldBe(["session"]);
    }

    [Test]
    public async Task Those_who_lose_an_attachment_are_told_as_those_are_who_get_it()
    {
        var admin = OwnedFiles.OfAdmin(service);
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var id = await admin.Have(File, ("owned_by_org", $"{Organisation}"));
        (await admin.Patch(id, Body.Json($$"""{"owned_by_user":"{{first}}"}"""))).ShouldBeEntry();
        var before = await service.ReadCursor();
        (await admin.Patch(id, Body.Json($$"""{"owned_by_user":"{{second}}","owned_by_org":{{AnotherOrganisation}}}"""))).ShouldBeEntry();
        (await admin.Patch(id, Body.Json("""{"description":"later"}"""))).ShouldBeEntry();
        (await admin.Delete(id)).Status.ShouldBe(204);

        string[] whole = ["attachment.updated", "attachment.updated", "attachment.deleted"];
        foreach (var (request, seen) in new (TokenRequest, string[])[]
        {
            (new TokenRequest(first.ToString()), whole[..1]),
            (new TokenRequest("colleague") { Organisations = [Organisation] }, whole[..1]),
            (new TokenRequest(second.ToString()), whole),
            (new TokenRequest("competitor") { Organisations = [AnotherOrganisation] }, whole),
            (new TokenRequest("stranger"), []),
        })
        {
            using var client = service.ClientWith(service.Sign(request));
            (await service.ReadChangesAfter(before, client)).Types().ShouldBe(seen, request.ToString());
        }
    }

    [Test]
    public async Task A_filter_leaves_out_the_others()
    {
        var before = await service.ReadCursor();
        var project = new Project(service.Admin, 9);
        await project.HaveFile("s", "p", File);
        var forms = FormType.New(service.Admin);
        await forms.Have("1");
        await FormType.New(service.Admin).Have("1");
        await new Project(service.Admin, 10).Have("s");
        await ShouldSee("&project=9", "session.created", "session.attachment.stored");
        await ShouldSee($"&form_type={Uri.EscapeDataString(forms.Name)}", "record.created");
        await ShouldSee("&form_type=form", []);
        await ShouldSee("&type=session.created", "session.created", "session.created");
        await ShouldSee("&type=session.created,record.created&project=9", "session.created");
        await ShouldSee("&type=session.attachment.stored&type=record.created", "session.attachment.stored", "record.created", "record.created");
        await ShouldSee("&type=", "session.created", "session.attachment.stored", "record.created", "record.created", "session.created");

        async Task ShouldSee(string filter, params string[] types) =>
            (await service.ReadChangesAfter(before, filter: filter)).Types().ShouldBe(types, filter);
    }

    [TestCase("limit=0", "limit")]
    [TestCase("limit=1001", "limit")]
    [TestCase("limit=x", "limit")]
    [TestCase("wait=-1", "wait")]
    [TestCase("wait=61", "wait")]
    [TestCase("wait=2147483647", "wait")]
    [TestCase("type=session.renamed", "type")]
    [TestCase("project=x", "project")]
    public async Task Refuses_what_is_no_value(string query, string member) =>
        (await service.Other.ReadChanges($"?{query}")).ShouldBeProblem(400, "validation_failed")
            .GetProperty("errors").Names().ShouldBe([member]);

    [TestCase("form_type=a%00b")]
    [TestCase("form_type=")]
    public async Task Refuses_what_is_no_form_type(string query) =>
        (await service.Other.ReadChanges($"?{query}")).ShouldBeProblem(400, "form_type_invalid");

    [TestCase("x")]
    [TestCase("Latest")]
    [TestCase("MTIzNDU2Nzg5MGFiY2RlZjEyMzQ1Njc4OTBhYmNkZWYuLTE")]
    public async Task Refuses_what_is_no_cursor(string cursor)
    {
        (await service.Other.ReadChanges($"?after={cursor}")).ShouldBeProblem(400, "cursor_invalid");
        (await service.Other.Ask(HttpMethod.Get, ChangeFeed.Address, null, ("Accept", "text/event-stream"), ("Last-Event-ID", cursor)))
            .ShouldBeProblem(400, "cursor_invalid");
    }

    [Test]
    public async Task The_cursor_of_another_feed_has_expired()
    {
        await using var another = await TestBed.StartService();
        (await another.Admin.ReadChanges($"?after={await service.ReadCursor()}")).ShouldBeProblem(410, "cursor_expired");
    }

    [Test]
    public async Task Without_a_feed_nothing_is_written_and_nothing_read()
    {
        await using var without = await TestBed.StartService("--Changes:Enabled=false");
        await new Project(without.Admin, 7).HaveFile("s", "p", File);
        foreach (var query in new[] { "", "?limit=0", "?after=x" })
        {
            (await without.Other.ReadChanges(query)).ShouldBeProblem(404, "changes_off");
        }

        (await Attachments.Testing.Sql.Scalar<long>(without.ConnectionString, "SELECT count(*) FROM changes")).ShouldBe(0);
    }

    private static string Family(System.Text.Json.JsonElement change) => change.Text("type").Split('.')[0];
}
