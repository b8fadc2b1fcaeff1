using System.Text.RegularExpressions;
using Attachments.Api.Callers;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Access;

/// <summary>
/// What somebody learns who guesses the ids of others: nothing, so that each answer is the one for an id that nobody uses, to the byte and
/// from the same queries, since what is looked up takes its time.
/// </summary>
[TestFixture]
internal sealed partial class GuessedIdTests
{
    private static readonly (string Name, string Value)[][] Conditions =
    [
        [],
        [("If-Match", "*")],
        [("If-None-Match", "*")],
        [("If-Match", "\"0\"")],
        [("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")],
    ];

    private RunningService service = null!;
    private Scene theirs = null!;
    private HttpClient guesser = null!;
    private QueryLog queries = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        service = await TestBed.StartService();
        theirs = await Scene.Make(service);
        guesser = service.ClientWith(service.Sign(new TokenRequest("guesser") { Projects = [Scene.AnotherProject] }));
        queries = new QueryLog();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        queries.Dispose();
        guesser.Dispose();
        await service.DisposeAsync();
    }

    [TestCase("GET", "/api/temporaryattachmentset/{set}/attachment/{item}", 404)]
    [TestCase("DELETE", "/api/temporaryattachmentset/{set}/attachment/{item}", 404)]
    [TestCase("DELETE", "/api/temporaryattachmentset/{set}", 404)]
    [TestCase("POST", "/api/temporaryattachmentset/{set}/claim", 404)]
    [TestCase("GET", "/api/attachment/{item}/contents", 404)]
    [TestCase("HEAD", "/api/attachment/{item}/contents", 404)]
    [TestCase("GET", "/api/v1/project/8/sessions/{session}", 404)]
    [TestCase("PUT", "/api/v1/project/8/sessions/{session}", 404)]
    [TestCase("DELETE", "/api/v1/project/8/sessions/{session}", 404)]
    [TestCase("GET", "/api/v1/project/8/sessions/{session}/attachments", 404)]
    [TestCase("GET", "/api/v1/project/8/sessions/{session}/attachments/p", 404)]
    [TestCase("HEAD", "/api/v1/project/8/sessions/{session}/attachments/p", 404)]
    [TestCase("PUT", "/api/v1/project/8/sessions/{session}/attachments/p", 404)]
    [TestCase("DELETE", "/api/v1/project/8/sessions/{session}/attachments/p", 404)]
    [TestCase("GET", "/api/v1/project/7/sessions/{session}", 403)]
    [TestCase("PUT", "/api/v1/project/7/sessions/{session}", 403)]
    [TestCase("DELETE", "/api/v1/project/7/sessions/{session}", 403)]
    [TestCase("GET", "/api/v1/project/7/sessions/{session}/attachments/p", 403)]
    [TestCase("PUT", "/api/v1/project/7/sessions/{session}/attachments/p", 403)]
    [TestCase("DELETE", "/api/v1/project/7/sessions/{session}/attachments/p", 403)]
    [TestCase("GET", "/api/records/{form}", 403)]
    [TestCase("GET", "/api/records/{form}/1", 403)]
    [TestCase("PUT", "/api/records/{form}/1", 403)]
    [TestCase("PATCH", "/api/records/{form}/1", 403)]
    [TestCase("DELETE", "/api/records/{form}/1", 403)]
    [TestCase("GET", "/api/records/{form}/1/attachments", 403)]
    [TestCase("GET", "/api/records/{form}/1/attachments/content/a", 403)]
    [TestCase("POST", "/api/records/{form}/1/attachments/content/folder/a", 403)]
    [TestCase("DELETE", "/api/records/{form}/1/attachments/a", 403)]
    public async Task What_is_somebody_elses_looks_like_what_is_not_there(string method, string route, int status)
    {
        foreach (var conditions in Conditions)
        {
            var found = await Ask(method, route, Ids.From(theirs), conditions);
            found.Answer.Status.ShouldBe(status, found.Answer.Text);
            ShouldBeAlike(found, await Ask(method, route, Ids.OfNothing(), conditions));
        }
    }

    [TestCase("GET")]
    [TestCase("DELETE")]
    public async Task A_file_of_somebody_elses_is_in_no_set_of_ones_own(string method)
    {
        var own = TemporarySet.New(guesser);
        await own.Have("mine");
        const string route = "/api/temporaryattachmentset/{set}/attachment/{item}";
        foreach (var conditions in Conditions)
        {
            var found = await Ask(method, route, Ids.From(theirs) with { Set = own.Id }, conditions);
            found.Answer.Status.ShouldBe(404);
            ShouldBeAlike(found, await Ask(method, route, Ids.OfNothing() with { Set = own.Id }, conditions));
        }
    }

    [Test]
    public async Task A_claim_says_nothing_of_the_files_and_sessions_of_others()
    {
        var own = TemporarySet.New(guesser);
        await own.Have("mine");
        const string route = "/api/temporaryattachmentset/{set}/claim";
        foreach (var (claim, status) in new[]
        {
            ("""{"Session":{"ProjectId":8,"Uuid":"{session}"} }""", 404),
            ("""{"Session":{"ProjectId":8,"Uuid":"{session}","Points":{"{item}":"p"} } }""", 404),
            ("""{"Session":{"ProjectId":7,"Uuid":"{session}"} }""", 403),
            ("""{"Session":{"ProjectId":7,"Uuid":"{session}","Points":{"{item}":"p"} } }""", 403),
        })
        {
            var found = await Ask("POST", route, Ids.From(theirs) with { Set = own.Id }, [], claim);
            found.Answer.Status.ShouldBe(status, found.Answer.Text);
            ShouldBeAlike(found, await Ask("POST", route, Ids.OfNothing() with { Set = own.Id }, [], claim));
        }

        await new Project(service.Admin, Scene.AnotherProject).Have("own");
        const string points = """{"Session":{"ProjectId":8,"Uuid":"own","Points":{"{item}":"p"} } }""";
        var guessed = await Ask("POST", route, Ids.From(theirs) with { Set = own.Id }, [], points);
        guessed.Answer.Status.ShouldBe(400, guessed.Answer.Text);
        ShouldBeAlike(guessed, await Ask("POST", route, Ids.OfNothing() with { Set = own.Id }, [], points));
    }

    [TestCase("GET")]
    [TestCase("HEAD")]
    public async Task The_name_of_an_attachment_cannot_be_guessed(string method)
    {
        var right = await Ask(method, $"/v1/uploaded-file/attachment_{theirs.Attachment}/{OwnedFiles.PhotoName}", Ids.From(theirs), []);
        right.Answer.Status.ShouldBe(403);
        ShouldBeAlike(right, await Ask(method, $"/v1/uploaded-file/attachment_{theirs.Attachment}/guess.png", Ids.From(theirs), []));
    }

    private async Task<Guess> Ask(string method, string route, Ids ids, (string, string)[] conditions, string claim = "{}")
    {
        var body = method switch
        {
            "POST" or "PUT" or "PATCH" => Body.Json(ids.In(claim)),
            _ => null,
        };
        var (trace, field) = QueryLog.NewTrace();
        var answer = await guesser.Ask(new HttpMethod(method), ids.In(route), body, [.. conditions, field]);
        return new Guess(answer, ids, queries.Find(trace));
    }

    private static void ShouldBeAlike(Guess one, Guess other)
    {
        other.Answer.Status.ShouldBe(one.Answer.Status);
        other.Text.ShouldBe(one.Text);
        other.Fields.ShouldBe(one.Fields);
        other.Queries.ShouldBe(one.Queries);

        // A refusal by the token's rights alone needs none.
        (one.Queries.Count > 0 || one.Answer.Status == 403).ShouldBeTrue("no query was seen");
    }

    [GeneratedRegex("\"traceId\":\"[0-9a-f]*\"")]
    private static partial Regex TraceId();

    /// <summary>What is put into an address; of one length each, so that lengths can be compared.</summary>
    private sealed record Ids(string Session, string Set, string Item, string Form)
    {
        public static Ids From(Scene scene) => new(scene.Session, scene.Set, scene.Item, Uri.EscapeDataString(scene.Forms.Name));

        public static Ids OfNothing() => new(New(), New(), New(), New());

        public string In(string text) => text
            .Replace("{session}", Session, StringComparison.Ordinal)
            .Replace("{set}", Set, StringComparison.Ordinal)
            .Replace("{item}", Item, StringComparison.Ordinal)
            .Replace("{form}", Form, StringComparison.Ordinal);

        public string RemoveFrom(string text) => text
            .Replace(Session, "{session}", StringComparison.Ordinal)
            .Replace(Set, "{set}", StringComparison.Ordinal)
            .Replace(Item, "{item}", StringComparison.Ordinal);

        private static string New() => Guid.NewGuid().ToString();
    }

    private sealed record Guess(Answer Answer, Ids Ids, IReadOnlyList<string> Queries)
    {
        public string Text => TraceId().Replace(Ids.RemoveFrom(Answer.Text), "");

        public IEnumerable<string> Fields =>
            Answer.Fields.Where(sent => sent.Key != "Date").Select(sent => $"{sent.Key}: {sent.Value}").Order(StringComparer.Ordinal);
    }
}
