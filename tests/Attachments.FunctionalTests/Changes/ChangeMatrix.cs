using System.Globalization;
using System.Text.Json;
using Attachments.FunctionalTests.Access;
using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Changes;

/// <summary>Every endpoint that changes something, and the changes that it writes.</summary>
internal static class ChangeMatrix
{
    private const long InProject = Scene.Project;
    private const string Png = "image/png";
    private const string Jpeg = "image/jpeg";
    private const string Octets = "application/octet-stream";
    private const string Wrong = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";

    private static readonly byte[] File = Files.Make(Files.Small, 1);
    private static readonly byte[] Other = Files.Make(Files.Small, 2);

    public static readonly IReadOnlyList<ChangeLine> Lines =
    [
        .. OfSessions(),
        .. OfPoints(),
        .. OfRecords(),
        .. OfRecordFiles(AccessMatrix.RecordFile, AccessMatrix.RecordFiles + "/{filename}", null),
        .. OfRecordFiles(AccessMatrix.RecordFileInFolder, AccessMatrix.RecordFiles + "/{folder}/{filename}", "a folder"),
        .. OfSets(),
        .. Claims(),
        .. OfOwned("/v1/attachments"),
        .. OfOwned("/attachments"),
        .. OfUploads(),
        .. OfWebhooks(),
        new("POST", "/v1/links", "any", _ => Send(Body.Json("""{"url":"/"}"""), SignedLinks.Address)),
        new("DELETE", "/v1/links/{id}", "any", async stage =>
        {
            var link = await stage.Client.MakeLink(await stage.HavePoint(File), """ "revocable":true """);
            return new($"/v1/links/{link.GetProperty("id").GetString()}");
        }),
    ];

    private static IEnumerable<ChangeLine> OfSessions()
    {
        var session = (ChangeStage stage) => stage.Project.Session(stage.Uuid);
        return
        [
            new("POST", AccessMatrix.Sessions, "of values", stage => Send(
                Body.Session($$"""  "uuid":"{{stage.Uuid}}","unit_id":"u","data":{"a":"1","b":"2"}  """),
                stage.Project.Sessions,
                stage.Session("session.created", 2))),
            new("POST", AccessMatrix.Sessions, "with files", stage => Send(
                stage.SessionForm(Part.Field("session[data][a]", "1"), Point("p", File), Point("q", Other)),
                stage.Project.Sessions,
                stage.Session("session.created", 3),
                stage.Point("session.attachment.stored", 3, "p").With(File, Jpeg),
                stage.Point("session.attachment.stored", 3, "q").With(Other, Jpeg))),
            new("POST", AccessMatrix.Sessions, "in the place of another", async stage =>
            {
                await stage.HavePoint(File, "before");
                return await Send(
                    stage.SessionForm(Point("p", Other)),
                    stage.Project.Sessions,
                    stage.Session("session.created", 1).Replaced(),
                    stage.Point("session.attachment.stored", 1, "p").With(Other, Jpeg));
            }),
            new("POST", AccessMatrix.Sessions, "refused", _ => Task.FromResult(
                new ChangeRequest($"/api/v1/project/{InProject}/sessions") { Body = Body.Session("\"unit_id\":\"\""), Status = 400 })),
            new("PUT", AccessMatrix.Session, "with values", async stage =>
            {
                await stage.Project.Have(stage.Uuid);
                return await Send(Body.Session("\"data\":{\"a\":\"1\"}"), session(stage), stage.Session("session.updated", 4));
            }),
            new("PUT", AccessMatrix.Session, "with a file, and a value in the place of another", async stage =>
            {
                await stage.HavePoint(File, "p");
                return await Send(
                    Body.Multipart(Part.Field("session[data][p]", "no longer a file"), Point("q", Other)),
                    session(stage),
                    stage.Session("session.updated", 7),
                    stage.Point("session.attachment.deleted", 7, "p"),
                    stage.Point("session.attachment.stored", 7, "q").With(Other, Jpeg));
            }),
            new("PUT", AccessMatrix.Session, "of none", stage => Task.FromResult(
                new ChangeRequest(session(stage)) { Body = Body.Session("\"unit_id\":\"u\""), Status = 404 })),
            new("DELETE", AccessMatrix.Session, "with its files", async stage =>
            {
                await stage.HavePoint(File, "p");
                await stage.HavePoint(File, "q");
                return await Send(null, session(stage), stage.Session("session.deleted", 4));
            }),
            new("DELETE", AccessMatrix.Session, "of none", stage => Task.FromResult(new ChangeRequest(session(stage)) { Status = 404 })),
        ];
    }

    private static IEnumerable<ChangeLine> OfPoints() =>
    [
        new("PUT", AccessMatrix.Point, "first", async stage =>
        {
            await stage.Project.Have(stage.Uuid);
            return await Send(
                Body.Raw(File), stage.Project.Attachment(stage.Uuid, "p"), stage.Point("session.attachment.stored", 2, "p").With(File, Octets));
        }),
        new("PUT", AccessMatrix.Point, "in the place of another", async stage => await Send(
            Body.Raw(Other), await stage.HavePoint(File), stage.Point("session.attachment.stored", 4, "p").With(Other, Octets))),
        new("PUT", AccessMatrix.Point, "by a link", async stage =>
        {
            var target = new Uri(await stage.Client.LinkTo(await stage.HavePoint(File), """ "method":"PUT" """)).PathAndQuery;
            return new(target)
            {
                Body = Body.Raw(Other),
                IsAnonymous = true,
                Expected = _ => [stage.Point("session.attachment.stored", 4, "p").With(Other, Octets)],
            };
        }),
        new("PUT", AccessMatrix.Point, "with a wrong digest", async stage =>
            new(await stage.HavePoint(File)) { Body = Body.Raw(Other).With("Content-Digest", Wrong), Status = 400 }),
        new("PUT", AccessMatrix.Point, "of another version", async stage =>
            new(await stage.HavePoint(File)) { Body = Body.Raw(Other), Fields = [("If-None-Match", "*")], Status = 412 }),
        new("POST", AccessMatrix.Point, "that is not complete", async stage =>
            new(await stage.HavePoint(File)) { Fields = [Tus.Version, ("Upload-Length", "10")] }),
        new("POST", AccessMatrix.Point, "complete at once", async stage =>
            new(await stage.HavePoint(File))
            {
                Body = Body.Create(Other, Tus.Chunk),
                Fields = [Tus.Version, ("Upload-Length", $"{Other.Length}")],
                Expected = _ => [stage.Point("session.attachment.stored", 4, "p").With(Other, Octets)],
            }),
        new("DELETE", AccessMatrix.Point, "with a file", async stage =>
            await Send(null, await stage.HavePoint(File), stage.Point("session.attachment.deleted", 3, "p"))),
        new("DELETE", AccessMatrix.Point, "without", async stage =>
        {
            await stage.Project.Have(stage.Uuid);
            return new(stage.Project.Attachment(stage.Uuid, "p")) { Status = 404 };
        }),
    ];

    private static IEnumerable<ChangeLine> OfRecords()
    {
        const string Before = """{"a":1,"b":2}""";
        return
        [
            new("POST", AccessMatrix.Records, "with the next number", stage =>
                Send(stage.Forms.Document(), stage.Forms.Address, stage.Record("record.created", 0))),
            new("POST", AccessMatrix.Records, "of one that is there", async stage =>
            {
                await stage.Forms.Have("1");
                return new(stage.Forms.Address) { Body = stage.Forms.Document(id: "1"), Status = 409 };
            }),
            new("PUT", AccessMatrix.Record, "new", stage =>
                Send(stage.Forms.Document(Before, "1"), stage.Forms.Record("1"), stage.Record("record.created", 0))),
            new("PUT", AccessMatrix.Record, "with others", async stage =>
            {
                await stage.Forms.Have("1", Before);
                return await Send(stage.Forms.Document("""{"a":2}""", "1"), stage.Forms.Record("1"), stage.Record("record.updated", 1));
            }),
            new("PUT", AccessMatrix.Record, "with the same", async stage =>
            {
                await stage.Forms.Have("1", Before);
                return await Send(stage.Forms.Document(Before, "1"), stage.Forms.Record("1"));
            }),
            new("PATCH", AccessMatrix.Record, "with others", async stage =>
            {
                await stage.Forms.Have("1", Before);
                return await Send(stage.Forms.Document("""{"a":2}""", "1"), stage.Forms.Record("1"), stage.Record("record.updated", 1));
            }),
            new("PATCH", AccessMatrix.Record, "with the same", async stage =>
            {
                await stage.Forms.Have("1", Before);
                return await Send(stage.Forms.Document("""{"a":1}""", "1"), stage.Forms.Record("1"));
            }),
            new("DELETE", AccessMatrix.Record, "with its files", async stage =>
            {
                await stage.Forms.Have("1", Before);
                await stage.Forms.HaveFile("1", "a", File);
                await stage.Forms.HaveFile("1", "f/b", File);
                return await Send(null, stage.Forms.Record("1"), stage.Record("record.deleted", 0));
            }),
            new("DELETE", AccessMatrix.Record, "of none", stage =>
                Task.FromResult(new ChangeRequest(stage.Forms.Record("1")) { Status = 404 })),
        ];
    }

    private static IEnumerable<ChangeLine> OfRecordFiles(string content, string file, string? folder)
    {
        const string Name = "a name.png";
        var path = (folder is null ? "" : Uri.EscapeDataString(folder) + "/") + Uri.EscapeDataString(Name);
        return
        [
            new("POST", content, "first", async stage =>
            {
                await stage.Forms.Have("1");
                return await Send(
                    Body.Create(File, Png),
                    stage.Forms.Content("1", path),
                    stage.RecordFile("record.attachment.stored", 1, folder, Name).With(File, Png));
            }),
            new("POST", content, "in the place of another", async stage =>
            {
                await stage.Forms.Have("1");
                await stage.Forms.HaveFile("1", path, File);
                return await Send(
                    Body.Create(Other, Png),
                    stage.Forms.Content("1", path),
                    stage.RecordFile("record.attachment.stored", 2, folder, Name).With(Other, Png));
            }),
            new("POST", content, "of no record", stage =>
                Task.FromResult(new ChangeRequest(stage.Forms.Content("1", path)) { Body = Body.Create(File, Png), Status = 404 })),
            new("DELETE", file, "one that is there", async stage =>
            {
                await stage.Forms.Have("1");
                await stage.Forms.HaveFile("1", path, File);
                return await Send(
                    null, $"{stage.Forms.Attachments("1")}/{path}", stage.RecordFile("record.attachment.deleted", 2, folder, Name));
            }),
            new("DELETE", file, "none", async stage =>
            {
                await stage.Forms.Have("1");
                return new($"{stage.Forms.Attachments("1")}/{path}") { Status = 404 };
            }),
        ];
    }

    private static IEnumerable<ChangeLine> OfSets() =>
    [
        new("POST", AccessMatrix.Sets, "empty", _ => Send(null, AccessMatrix.Sets)),
        new("POST", AccessMatrix.Set, "of two files", stage => Task.FromResult(new ChangeRequest(stage.Set.Address)
        {
            Body = Body.Multipart(Part.File("a", File), Part.File("b", Other)),
            Expected = answer =>
            [
                ExpectedChange.Item("set.item.stored", 2, stage.Set.Id, answer.Json[0].Id()).With(File, Jpeg),
                ExpectedChange.Item("set.item.stored", 2, stage.Set.Id, answer.Json[1].Id()).With(Other, Jpeg),
            ],
        })),
        new("POST", AccessMatrix.Set, "of no file", stage =>
            Task.FromResult(new ChangeRequest(stage.Set.Address) { Body = Body.Multipart(Part.Field("a", "b")), Status = 403 })),
        new("DELETE", AccessMatrix.Set, "with its files", async stage =>
        {
            await stage.Set.Have("a", "b");
            return await Send(null, stage.Set.Address, ExpectedChange.Set("set.dropped", 3, stage.Set.Id));
        }),
        new("DELETE", AccessMatrix.Item, "one of two", async stage =>
        {
            var item = (await stage.Set.Have("a", "b"))[1].Id();
            return await Send(null, stage.Set.Item(item), ExpectedChange.Item("set.item.deleted", 3, stage.Set.Id, item));
        }),
        new("DELETE", AccessMatrix.Item, "none", async stage =>
        {
            await stage.Set.Have("a");
            return new(stage.Set.Item(Guid.NewGuid().ToString())) { Status = 404 };
        }),
    ];

    private static IEnumerable<ChangeLine> Claims()
    {
        const string Route = AccessMatrix.Set + "/claim";
        return
        [
            new("POST", Route, "into a session", async stage =>
            {
                await stage.Project.Have(stage.Uuid);
                await stage.Set.Have(("p", File), ("q", Other));
                return new(stage.Set.Address + "/claim")
                {
                    Body = Body.Json($$$"""{"Session":{"ProjectId":{{{InProject}}},"Uuid":"{{{stage.Uuid}}}"}}"""),
                    Expected = _ =>
                    [
                        ExpectedChange.Set("set.claimed", 3, stage.Set.Id),
                        stage.Point("session.attachment.stored", 5, "p").With(File, Jpeg),
                        stage.Point("session.attachment.stored", 5, "q").With(Other, Jpeg),
                    ],
                };
            }),
            new("POST", Route, "into a record", async stage =>
            {
                await stage.Forms.Have("1");
                await stage.Set.Have(("p", File), ("q", Other));
                return new(stage.Set.Address + "/claim")
                {
                    Body = Body.Json($$$"""{"Record":{"FormType":"{{{stage.Forms.Name}}}","Id":"1","Folder":"f"}}"""),
                    Expected = _ =>
                    [
                        ExpectedChange.Set("set.claimed", 3, stage.Set.Id),
                        stage.RecordFile("record.attachment.stored", 2, "f", "p.jpg").With(File, Jpeg),
                        stage.RecordFile("record.attachment.stored", 2, "f", "q.jpg").With(Other, Jpeg),
                    ],
                };
            }),
            new("POST", Route, "as owned attachments", async stage =>
            {
                await stage.Set.Have(("p", File), ("q", Other));
                return new(stage.Set.Address + "/claim")
                {
                    Body = Body.Json("""{"Owned":{}}"""),
                    Expected = answer =>
                    [
                        ExpectedChange.Set("set.claimed", 3, stage.Set.Id),
                        ExpectedChange.Owned("attachment.created", 0, answer.Json.GetProperty("Owned")[0].Number("id")).With(File, Jpeg),
                        ExpectedChange.Owned("attachment.created", 0, answer.Json.GetProperty("Owned")[1].Number("id")).With(Other, Jpeg),
                    ],
                };
            }),
            new("POST", Route, "into no session", async stage =>
            {
                await stage.Set.Have("a");
                return new(stage.Set.Address + "/claim")
                {
                    Body = Body.Json($$$"""{"Session":{"ProjectId":{{{InProject}}},"Uuid":"{{{stage.Uuid}}}"}}"""),
                    Status = 404,
                };
            }),
        ];
    }

    private static IEnumerable<ChangeLine> OfOwned(string collection)
    {
        const string One = "/{id}";
        return
        [
            new("POST", collection, "with a file", _ => Task.FromResult(new ChangeRequest(collection)
            {
                Body = OwnedFiles.Form(File),
                Expected = answer => [ExpectedChange.Owned("attachment.created", 0, answer.Json.Number("id")).With(File, Png)],
            })),
            .. ((string[])["PUT", "PATCH"]).SelectMany<string, ChangeLine>(method =>
            [
                new(method, collection + One, "with a file and other fields", async stage =>
                {
                    var id = await stage.Owned.Have(File);
                    return await Send(
                        OwnedFiles.Form(Other, ("description", "new"), ("owned_by_org", "3")),
                        $"{collection}/{id}",
                        ExpectedChange.Owned("attachment.updated", 3, id).With(Other, Png));
                }),
                new(method, collection + One, "with what is there", async stage =>
                {
                    var id = await stage.Owned.Have(File, ("description", "same"));
                    return await Send(Body.Json("""{"description":"same"}"""), $"{collection}/{id}");
                }),
                new(method, collection + One, "with another owner", async stage =>
                {
                    var id = await stage.Owned.Have(File);
                    return await Send(
                        Body.Json($$"""{"owned_by_user":"{{Guid.NewGuid()}}"}"""),
                        $"{collection}/{id}",
                        ExpectedChange.Owned("attachment.updated", 1, id).With(File, Png));
                }),
            ]),
            new("POST", collection + One, "that is not complete", async stage =>
                new($"{collection}/{await stage.Owned.Have(File)}") { Fields = [Tus.Version, ("Upload-Length", "10")] }),
            new("DELETE", collection + One, "all of it", async stage =>
            {
                var id = await stage.Owned.Have(File);
                return await Send(null, $"{collection}/{id}", ExpectedChange.Owned("attachment.deleted", 0, id));
            }),
            new("DELETE", collection + One, "its bytes", async stage =>
            {
                var id = await stage.Owned.Have(File);
                return await Send(null, $"{collection}/{id}?content_only=true", ExpectedChange.Owned("attachment.purged", 1, id));
            }),
            new("DELETE", collection + One, "its bytes again", async stage =>
            {
                var id = await stage.Owned.Have(File);
                (await stage.Owned.Purge(id)).Status.ShouldBe(204);
                return await Send(null, $"{collection}/{id}?content_only=true");
            }),
            new("DELETE", collection + One, "of another version", async stage =>
                new($"{collection}/{await stage.Owned.Have(File)}") { Fields = [("If-None-Match", "*")], Status = 412 }),
        ];
    }

    private static IEnumerable<ChangeLine> OfUploads()
    {
        var body = () => Body.Create(File, Tus.Chunk);
        (string, string)[] fields = [Tus.Version, ("Upload-Offset", "0")];
        Task<string> Begin(ChangeStage stage, string target, int length = Files.Small) => stage.Client.Have(
            target, length, Tus.Metadata(("filename", "f.png"), ("filetype", Png), ("name", "a name")));
        return
        [
            new("PATCH", AccessMatrix.Upload, "to a point", async stage => new(await Begin(stage, await stage.HavePoint(Other)))
            {
                Body = body(),
                Fields = fields,
                Expected = _ => [stage.Point("session.attachment.stored", 4, "p").With(File, Png)],
            }),
            new("PATCH", AccessMatrix.Upload, "to a record", async stage =>
            {
                await stage.Forms.Have("1");
                return new(await Begin(stage, stage.Forms.Content("1", "f/b.png")))
                {
                    Body = body(),
                    Fields = fields,
                    Expected = _ => [stage.RecordFile("record.attachment.stored", 1, "f", "b.png").With(File, Png)],
                };
            }),
            new("PATCH", AccessMatrix.Upload, "to a set", async stage => new(await Begin(stage, stage.Set.Address))
            {
                Body = body(),
                Fields = fields,
                Expected = answer =>
                    [ExpectedChange.Item("set.item.stored", 1, stage.Set.Id, LastSegment(answer)).With(File, Png)],
            }),
            new("PATCH", AccessMatrix.Upload, "to a new owned attachment", async stage => new(await Begin(stage, "/v1/attachments/"))
            {
                Body = body(),
                Fields = fields,
                Expected = answer =>
                    [ExpectedChange.Owned("attachment.created", 0, Parse(LastSegment(answer))).With(File, Png)],
            }),
            new("PATCH", AccessMatrix.Upload, "to an owned attachment", async stage =>
            {
                var id = await stage.Owned.Have(Other);
                return new(await Begin(stage, OwnedFiles.Target(id)))
                {
                    Body = body(),
                    Fields = fields,
                    Expected = _ => [ExpectedChange.Owned("attachment.updated", 2, id).With(File, Png)],
                };
            }),
            new("PATCH", AccessMatrix.Upload, "the last bytes (RUFH)", async stage => new(await Rufh.Have(stage.Client, await stage.HavePoint(Other)))
            {
                Body = Body.Create(File, Rufh.Chunk),
                Fields = [Rufh.Complete, ("Upload-Offset", "0")],
                Expected = _ => [stage.Point("session.attachment.stored", 4, "p").With(File, Octets)],
            }),
            new("PATCH", AccessMatrix.Upload, "not the last bytes", async stage =>
                new(await Begin(stage, await stage.HavePoint(Other), Files.Small + 1)) { Body = body(), Fields = fields }),
            new("POST", AccessMatrix.Upload, "instead of PATCH", async stage => new(await Begin(stage, await stage.HavePoint(Other)))
            {
                Body = body(),
                Fields = [.. fields, ("X-HTTP-Method-Override", "PATCH")],
                Expected = _ => [stage.Point("session.attachment.stored", 4, "p").With(File, Png)],
            }),
            new("DELETE", AccessMatrix.Upload, "open", async stage =>
                new(await Begin(stage, await stage.HavePoint(Other))) { Fields = [Tus.Version] }),
        ];
    }

    private static Part Point(string name, byte[] file) => Part.File($"session[data][{name}]", file);

    private static IEnumerable<ChangeLine> OfWebhooks()
    {
        return
        [
            new("POST", AccessMatrix.Webhooks, "any", _ => Send(
                Body.Json("""{"url":"https://localhost/","state":"disabled"}"""), AccessMatrix.Webhooks)),
            Line("PATCH", "", """{"description":"changed"}"""),
            Line("DELETE", ""),
            Line("POST", "/rotate"),
            Line("POST", "/test"),
            Line("POST", "/replay", """{"after":"latest"}"""),
            Line("POST", "/deliveries/{change}/retry"),
        ];

        static ChangeLine Line(string method, string act, string? body = null) => new(method, AccessMatrix.Webhook + act, "any", async stage =>
        {
            var (id, test) = await Scene.MakeWebhook(stage.Client);
            return await Send(
                body is null ? null : Body.Json(body),
                $"{AccessMatrix.Webhooks}/{id}{act.Replace("{change}", test, StringComparison.Ordinal)}");
        });
    }

    private static Task<ChangeRequest> Send(HttpContent? body, string target, params ExpectedChange[] expected) =>
        Task.FromResult(new ChangeRequest(target) { Body = body, Expected = _ => expected });

    private static string LastSegment(Answer answer) => answer.Field("Content-Location").ShouldNotBeNull().Split('/')[^1];

    private static long Parse(string id) => long.Parse(id, CultureInfo.InvariantCulture);

    private static long Number(this JsonElement document, string member) => document.GetProperty(member).GetInt64();
}

/// <summary>A request to an endpoint.</summary>
/// <param name="Method">The method.</param>
/// <param name="Pattern">The route's pattern, with a slash in front.</param>
/// <param name="What">Which of its cases.</param>
/// <param name="Prepare">Makes what it needs, and the request.</param>
internal sealed record ChangeLine(string Method, string Pattern, string What, Func<ChangeStage, Task<ChangeRequest>> Prepare)
{
    public string Endpoint => $"{Method} {Pattern}";

    public override string ToString() => $"{Endpoint}, {What}";
}

/// <summary>A request that is ready to be sent.</summary>
/// <param name="Target">Where to.</param>
internal sealed record ChangeRequest(string Target)
{
    public HttpContent? Body { get; init; }

    public (string Name, string Value)[] Fields { get; init; } = [];

    /// <summary>Null: a success.</summary>
    public int? Status { get; init; }

    /// <summary>Without a token.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>What it writes, in order.</summary>
    public Func<Answer, IReadOnlyList<ExpectedChange>> Expected { get; init; } = _ => [];
}

/// <summary>Things of its own for one line, none of which is there yet, and the administrator who does everything.</summary>
internal sealed class ChangeStage(RunningService service, HttpClient client, Guid user)
{
    public HttpClient Client => client;

    public string Uuid { get; } = Guid.NewGuid().ToString();

    public Project Project { get; } = new(client, Scene.Project);

    public FormType Forms { get; } = FormType.New(client);

    public TemporarySet Set { get; } = TemporarySet.New(client);

    public OwnedFiles Owned { get; } = new(client, user);

    public RunningService Service => service;

    /// <summary>A session with a file at a point.</summary>
    /// <returns>The file's path.</returns>
    public async Task<string> HavePoint(byte[] file, string point = "p")
    {
        if ((await Project.Get(Uuid)).Status != 200)
        {
            await Project.Have(Uuid);
        }

        (await Project.Attach(Uuid, point, Body.Raw(file))).ShouldSucceed();
        return Project.Attachment(Uuid, point);
    }

    public HttpContent SessionForm(params Part[] parts) =>
        Body.Multipart([Part.Field("session[uuid]", Uuid), Part.Field("session[unit_id]", "u"), .. parts]);

    public ExpectedChange Session(string type, long revision) => ExpectedChange.Session(type, revision, Scene.Project, Uuid);

    public ExpectedChange Point(string type, long revision, string point) =>
        ExpectedChange.Point(type, revision, Scene.Project, Uuid, point);

    public ExpectedChange Record(string type, long revision) => ExpectedChange.Record(type, revision, Forms.Name, "1");

    public ExpectedChange RecordFile(string type, long revision, string? folder, string name) =>
        ExpectedChange.RecordFile(type, revision, Forms.Name, "1", folder, name);
}
