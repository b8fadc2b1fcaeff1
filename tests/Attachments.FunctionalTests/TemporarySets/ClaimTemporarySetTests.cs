using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.TemporarySets;

[TestFixture]
internal sealed class ClaimTemporarySetTests
{
    private const string Uuid = "12341234-12341234-1234-1234-123412341234";

    private static long lastProject = 500_000;

    private long projectId;
    private Project project = null!;
    private TemporarySet set = null!;

    private static RunningService Service => TestBed.Service;

    [SetUp]
    public void NewSetAndProject()
    {
        projectId = Interlocked.Increment(ref lastProject);
        project = new Project(Service.Admin, projectId);
        set = TemporarySet.New(Service.Admin);
    }

    [Test]
    public async Task Moves_every_file_into_the_point_of_its_name_or_the_one_given()
    {
        await project.Have(Uuid, "\"kept\":\"value\",\"b\":\"replaced\"");
        var (a, b, c) = (Files.Make(Files.Small, 1), Files.Make(Files.Large, 2), Files.Make(0));
        var items = await set.Have(("a", a), ("b", b), ("c", c));
        var answer = await set.ClaimIntoSession(projectId, Uuid, (items[2].Id(), "north/second photo"));
        answer.Status.ShouldBe(200, answer.Text);
        answer.Field("Content-Type").ShouldBe("application/json; charset=utf-8");
        answer.Json.Names().ShouldBe(["Session"]);
        var made = answer.Json.GetProperty("Session");
        made.Names().ShouldBe(["ProjectId", "Uuid", "Attachments"]);
        made.GetProperty("ProjectId").GetInt64().ShouldBe(projectId);
        made.Text("Uuid").ShouldBe(Uuid);
        made.GetProperty("Attachments").ShouldBeJson((await project.ListAttachments(Uuid)).ShouldSucceed().GetRawText());

        var session = (await project.Get(Uuid)).ShouldSucceed();
        session.GetProperty("data").Names().ShouldBe(["a", "b", "kept", "north/second photo"]);
        session.GetProperty("saved").GetInt64().ShouldBeGreaterThan(1_700_000_000, "it was 200");
        session.GetProperty("data").GetProperty("a").Text("filename").ShouldBe("a.jpg");
        session.GetProperty("data").GetProperty("a").Text("content_type").ShouldBe("image/jpeg");
        (await project.FileIn(Uuid, "a")).ShouldBe(a);
        (await project.FileIn(Uuid, "b")).ShouldBe(b);
        (await project.FileIn(Uuid, "north/second photo")).ShouldBe(c);

        (await set.Items()).ShouldBeEmpty();
        (await set.Download(items[0].Id())).ShouldBeProblem(404, "attachment_not_found");
        (await set.ClaimIntoSession(projectId, Uuid)).ShouldBeProblem(404, "temporary_set_not_found");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await project.FileIn(Uuid, "b")).ShouldBe(b);
    }

    [Test]
    public async Task Releases_the_files_that_it_replaces()
    {
        await project.HaveFile(Uuid, "a", Files.Make(Files.Small, 7));
        await set.Have(("a", Files.Make(Files.Small, 8)));
        (await set.ClaimIntoSession(projectId, Uuid)).Status.ShouldBe(200);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await project.FileIn(Uuid, "a")).ShouldBe(Files.Make(Files.Small, 8));
    }

    [Test]
    public async Task An_empty_set_ends_all_the_same()
    {
        await project.Have(Uuid);
        var item = (await set.Have("a"))[0].Id();
        (await set.Remove(item)).Status.ShouldBe(200);
        var answer = await set.ClaimIntoSession(projectId, Uuid);
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.GetProperty("Session").GetProperty("Attachments").GetArrayLength().ShouldBe(0);
        (await set.Drop()).ShouldBeProblem(404, "temporary_set_not_found");
    }

    [Test]
    public async Task Members_that_are_null_count_as_not_sent()
    {
        await project.Have(Uuid);
        await set.Have(("a", Files.Make(Files.Small, 8)));
        var answer = await set.Claim(
            $$"""{"Record":null,"Session":{"ProjectId":{{projectId}},"Uuid":"{{Uuid}}","Points":null},"Owned":null}""");
        answer.Status.ShouldBe(200, answer.Text);
        (await project.FileIn(Uuid, "a")).ShouldBe(Files.Make(Files.Small, 8));
    }

    [Test]
    public async Task Moves_1000_files_without_reading_one()
    {
        await using var service = await TestBed.StartService("--Storage:ReclaimAfter=00:00:00");
        var many = TemporarySet.New(service.Admin);
        for (var request = 0; request < 2; request++)
        {
            await many.Have([.. Enumerable.Range(request * 500, 500).Select(i => ($"p{i}", new[] { (byte)i }))]);
        }

        var mine = new Project(service.Admin, 7);
        await mine.Have("s");
        await using (var source = Npgsql.NpgsqlDataSource.Create(service.ConnectionString))
        {
            // Whoever read a byte would fail now.
            await using var lose = source.CreateCommand(
                "CREATE TABLE hidden AS SELECT loid, pageno, data FROM pg_largeobject; DELETE FROM pg_largeobject");
            await lose.ExecuteNonQueryAsync();
            var answer = await many.ClaimIntoSession(7, "s");
            answer.Status.ShouldBe(200, answer.Text);
            answer.Json.GetProperty("Session").GetProperty("Attachments").GetArrayLength().ShouldBe(1000);
            await using var find = source.CreateCommand("INSERT INTO pg_largeobject SELECT * FROM hidden; DROP TABLE hidden");
            await find.ExecuteNonQueryAsync();
        }

        (await mine.ListAttachments("s")).ShouldSucceed().GetArrayLength().ShouldBe(1000);
        (await mine.FileIn("s", "p999")).ShouldBe([(byte)(999 % 256)]);
        await service.ShouldKeepOnlyWhatIsReferredTo();
        (await service.CountBlobs()).ShouldBe(1000);
    }

    private static readonly TestCaseData[] Malformed =
    [
        new("not json", "json_invalid"),
        new("[]", "claim_invalid"),
        new("null", "claim_invalid"),
        new("{}", "claim_invalid"),
        new("""{"Session":null}""", "claim_invalid"),
        new("""{"Record":null,"Session":null,"Owned":null}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7,"Uuid":"s"},"Other":null}""", "claim_invalid"),
        new("""{"session":{"ProjectId":7,"Uuid":"s"}}""", "claim_invalid"),
        new("""{"Other":{}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7,"Uuid":"s"},"Owned":{}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7,"Uuid":"s"},"Session":{"ProjectId":7,"Uuid":"s"}}""", "claim_invalid"),
        new("""{"Session":{"Uuid":"s"}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":"7","Uuid":"s"}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7.5,"Uuid":"s"}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":99999999999999999999,"Uuid":"s"}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7,"Uuid":null}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7,"Uuid":"\u0000"}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7,"Uuid":"\ud800"}}""", "json_invalid"),
        new("""{"Session":{"ProjectId":7,"Uuid":"s","Points":{"4bb709c2-e0e7-4af3-9f60-a045016a9610":"\u0000"}}}""", "claim_invalid"),
        new("""{"Record":{"Id":"57"}}""", "claim_invalid"),
        new("""{"Record":{"FormType":"Contract"}}""", "claim_invalid"),
        new("""{"Record":{"FormType":"Contract","Id":57}}""", "claim_invalid"),
        new("""{"Record":{"FormType":"Contract","Id":"57","Folders":"a"}}""", "claim_invalid"),
        new("""{"Record":{"FormType":"Contract","Id":"5/7"}}""", "record_id_invalid"),
        new("""{"Owned":{"OwnedByOrg":"3"}}""", "claim_invalid"),
        new("""{"Owned":{"OwnedByOrg":3.5}}""", "claim_invalid"),
        new("""{"Owned":{"Organisation":3}}""", "claim_invalid"),
        new("""{"Owned":[]}""", "claim_invalid"),
        new("""{"Owned":{"OwnedByOrg":null,"OwnedByOrg":3}}""", "claim_invalid"),
        new("""{"Record":{"FormType":"Contract","Id":"57","Folder":"a","Folder":"b"}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7,"ProjectId":7,"Uuid":"s"}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7,"Uuid":"s","Point":{}}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7,"Uuid":"s","Points":[]}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7,"Uuid":"s","Points":{"a":"p"}}}""", "claim_invalid"),
        new("""{"Session":{"ProjectId":7,"Uuid":"s","Points":{"4bb709c2-e0e7-4af3-9f60-a045016a9610":7}}}""", "claim_invalid"),
    ];

    private static readonly TestCaseData[] Immense =
    [
        Sent("a uuid", "uuid_invalid", name => new { Session = new { ProjectId = 7, Uuid = name } }),
        Sent("a point", "point_name_invalid", name => new
        {
            Session = new { ProjectId = 7, Uuid = "s", Points = new Dictionary<string, string> { [$"{Guid.Empty}"] = name } },
        }),
        Sent("a form type", "form_type_invalid", name => new { Record = new { FormType = name, Id = "57" } }),
        Sent("an id", "record_id_invalid", name => new { Record = new { FormType = "Contract", Id = name } }),
        Sent("a folder", "file_name_too_long", name => new { Record = new { FormType = "Contract", Id = "57", Folder = name } }),
        Sent("a target", "claim_invalid", name => new Dictionary<string, object?> { [name] = null }),
        Sent("a member", "claim_invalid", name => new { Session = new Dictionary<string, object?> { [name] = null } }),
        Sent("an attachment", "claim_invalid", name => new
        {
            Session = new { ProjectId = 7, Uuid = "s", Points = new Dictionary<string, string> { [name] = "p" } },
        }),
    ];

    [TestCaseSource(nameof(Immense))]
    public async Task Does_not_repeat_a_text_however_long_it_is(string body, string code)
    {
        await set.Have("a");
        var answer = await set.Claim(body);
        answer.ShouldBeProblem(400, code);
        answer.Body.Length.ShouldBeLessThan(500);
    }

    private static TestCaseData Sent(string what, string code, Func<string, object> claim) =>
        new TestCaseData(System.Text.Json.JsonSerializer.Serialize(claim(new string('x', 1 << 20))), code).SetArgDisplayNames(what);

    [TestCaseSource(nameof(Malformed))]
    public async Task Refuses_a_body_that_names_no_target_or_several(string body, string code)
    {
        await set.Have("a");
        (await set.Claim(body)).ShouldBeProblem(400, code);
        (await set.Names()).ShouldBe(["a"]);
    }

    [Test]
    public async Task Refuses_a_body_that_is_not_json()
    {
        await set.Have("a");
        (await Service.Admin.Ask(HttpMethod.Post, $"{set.Address}/claim", Body.Form(("Session", "s"))))
            .ShouldBeProblem(415, "media_type_unsupported");
    }

    [Test]
    public async Task Moves_nothing_into_a_project_that_the_caller_may_not_use()
    {
        var mine = TemporarySet.New(Service.Member);
        await mine.Have("a");
        await project.Have(Uuid);
        (await mine.ClaimIntoSession(projectId, Uuid)).ShouldBeProblem(403, "project_forbidden");
        (await mine.Names()).ShouldBe(["a"]);
        (await project.ListAttachments(Uuid)).ShouldSucceed().GetArrayLength().ShouldBe(0);
    }

    [Test]
    public async Task Moves_nothing_into_a_session_that_is_not_there()
    {
        await set.Have("a");
        (await set.ClaimIntoSession(projectId, Uuid)).ShouldBeProblem(404, "session_not_found");
        (await set.Names()).ShouldBe(["a"]);
    }

    [Test]
    public async Task Moves_nothing_where_two_files_are_meant_for_one_point([Values("given", "named", "both given")] string how)
    {
        await project.HaveFile(Uuid, "a", Files.Make(Files.Small, 7));
        var before = (await project.Get(Uuid)).ShouldSucceed().GetRawText();
        var items = await set.Have(how == "named" ? ["a", "b", "b"] : ["a", "b", "c"]);
        (string, string)[] points = how switch
        {
            "given" => [(items[2].Id(), "a")],
            "both given" => [(items[1].Id(), "x"), (items[2].Id(), "x")],
            _ => [],
        };
        (await set.ClaimIntoSession(projectId, Uuid, points)).ShouldBeProblem(400, "claim_point_ambiguous");
        (await set.Items()).Count.ShouldBe(3);
        (await project.Get(Uuid)).ShouldSucceedWith(before);
    }

    [Test]
    public async Task Moves_nothing_where_a_point_is_for_a_file_that_is_not_in_the_set()
    {
        await project.Have(Uuid);
        await set.Have("a");
        var elsewhere = (await TemporarySet.New(Service.Admin).Have("b"))[0].Id();
        (await set.ClaimIntoSession(projectId, Uuid, (elsewhere, "p"))).ShouldBeProblem(400, "claim_item_unknown");
        (await set.Names()).ShouldBe(["a"]);
    }

    [TestCase(".")]
    [TestCase("")]
    public async Task Moves_nothing_where_a_point_cannot_be_called_so(string point)
    {
        await project.Have(Uuid);
        var items = await set.Have("a", "b");
        (await set.ClaimIntoSession(projectId, Uuid, (items[1].Id(), point))).ShouldBeProblem(400, "point_name_invalid");
        (await set.Names()).ShouldBe(["a", "b"]);
        (await project.ListAttachments(Uuid)).ShouldSucceed().GetArrayLength().ShouldBe(0);
    }

    [Test]
    public async Task Moves_nothing_that_would_make_too_many_points()
    {
        await project.Have(Uuid, string.Join(',', Enumerable.Range(0, 9_999).Select(i => $"\"p{i}\":\"\"")));
        await set.Have("p0", "new 1", "new 2");
        (await set.ClaimIntoSession(projectId, Uuid)).ShouldBeProblem(400, "too_many_points");
        var items = await set.Items();
        items.Count.ShouldBe(3);
        (await set.Remove(items[2].Id())).Status.ShouldBe(200);
        (await set.ClaimIntoSession(projectId, Uuid)).Status.ShouldBe(200);
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task Of_several_claims_at_once_one_wins([Values] bool oneSession)
    {
        var names = Enumerable.Range(0, 8).Select(i => oneSession ? Uuid : $"session {i}").ToList();
        foreach (var name in names.Distinct())
        {
            await project.Have(name);
        }

        await set.Have("a", "b", "c");
        var answers = await Task.WhenAll(names.Select(name => set.ClaimIntoSession(projectId, name)));
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        answers.ShouldAllBe(answer => answer.Status == 200 || answer.Status == 404);
        var winner = names[Array.FindIndex(answers, answer => answer.Status == 200)];
        foreach (var name in names.Distinct())
        {
            (await project.ListAttachments(name)).ShouldSucceed().GetArrayLength().ShouldBe(name == winner ? 3 : 0);
        }

        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    [Category(TestBed.Race)]
    public async Task A_file_uploaded_during_a_claim_moves_along_or_begins_a_new_set()
    {
        await project.Have(Uuid);
        await set.Have("a");
        var uploads = Enumerable.Range(0, 8).Select(i => set.Upload(Part.File($"{i}", [1]))).ToList();
        var claim = await set.ClaimIntoSession(projectId, Uuid);
        var uploaded = await Task.WhenAll(uploads);
        claim.Status.ShouldBe(200, claim.Text);
        uploaded.ShouldAllBe(answer => answer.Status == 201);
        var moved = (await project.ListAttachments(Uuid)).ShouldSucceed().EnumerateArray().Select(file => file.Text("id"));
        moved.Concat(await set.Names()).Order().ShouldBe(Enumerable.Range(0, 8).Select(i => $"{i}").Append("a").Order());
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task A_claim_of_another_version_is_refused()
    {
        await project.Have(Uuid);
        await set.Have("a");
        var body = $$"""{"Session":{"ProjectId":{{projectId}},"Uuid":"{{Uuid}}"} }""";
        (await set.Claim(body, ("If-None-Match", "*"))).ShouldBeProblem(412, "precondition_failed");
        (await set.Claim(body, ("If-Match", "*"))).Status.ShouldBe(200);
    }
}
