using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

[TestFixture]
internal sealed class PutSessionTests : SessionsFixture
{
    private static readonly byte[] Old = Files.Make(Files.Small, 1);
    private static readonly byte[] New = Files.Make(Files.Large, 2);

    [Test]
    public async Task Keeps_what_is_not_sent()
    {
        await Project.Have(Uuid, """  "kept":"x","changed":"y","raw":{"rawData":"AQ=="}  """);
        await Project.Attach(Uuid, "file", Body.Raw(Old));
        var merged = (await Project.Merge(Uuid, Body.Session("""  "saved":300,"data":{"changed":"z","added":"w"}  """))).ShouldSucceed();
        merged.GetProperty("unit_id").GetString().ShouldBe("unit");
        merged.GetProperty("created").GetInt64().ShouldBe(100);
        merged.GetProperty("saved").GetInt64().ShouldBe(300);
        var data = merged.GetProperty("data");
        data.Names().ShouldBe(["added", "changed", "file", "kept", "raw"]);
        data.GetProperty("changed").GetString().ShouldBe("z");
        data.GetProperty("kept").GetString().ShouldBe("x");
        (await Project.FileIn(Uuid, "file")).ShouldBe(Old);
        (await Project.Get(Uuid)).ShouldSucceedWith(merged.GetRawText());
    }

    private static IEnumerable<HttpContent> EachType() =>
    [
        Body.Session("""  "unit_id":"new","created":1,"data":{"p":"v"}  """),
        Body.Form(("session[unit_id]", "new"), ("session[created]", "1"), ("session[data][p]", "v")),
        Body.Multipart(Part.Field("session[unit_id]", "new"), Part.Field("session[created]", "1"), Part.Field("session[data][p]", "v")),
    ];

    [TestCaseSource(nameof(EachType))]
    public async Task Takes_the_bodies_of_creation_and_saves_the_session_now(HttpContent body)
    {
        await Project.Have(Uuid);
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var merged = (await Project.Merge(Uuid, body)).ShouldSucceed();
        merged.GetProperty("unit_id").GetString().ShouldBe("new");
        merged.GetProperty("created").GetInt64().ShouldBe(1);
        merged.GetProperty("saved").GetInt64().ShouldBeInRange(before, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        merged.GetProperty("data").ShouldBeJson("""{"p":"v"}""");
    }

    [TestCase("new,text")]
    [TestCase("text,new")]
    public async Task Replaces_a_file_by_another_and_by_a_scalar(string order)
    {
        var parts = new Dictionary<string, Part>
        {
            ["new"] = Part.File("session[data][one]", New),
            ["text"] = Part.Field("session[data][two]", "v"),
        };
        await Project.HaveFile(Uuid, "one", Old);
        await Project.Attach(Uuid, "two", Body.Raw(New));
        (await Project.Merge(Uuid, Body.Multipart([.. order.Split(',').Select(name => parts[name])]))).ShouldSucceed();
        (await Project.FileIn(Uuid, "one")).ShouldBe(New);
        (await Project.Download(Uuid, "two")).ShouldBeProblem(404, "attachment_not_found");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Service.Admin.GetByteArrayAsync(Project.Attachment(Uuid, "one"))).ShouldBe(New);
    }

    [Test]
    public async Task The_uuid_in_the_body_may_only_be_that_of_the_session()
    {
        await Project.Have(Uuid);
        (await Project.Merge(Uuid, Body.Form(("session[uuid]", Uuid)))).ShouldSucceed();
        (await Project.Merge(Uuid, Body.Form(("session[uuid]", "other")))).ShouldBeProblem(400, "uuid_mismatch");
        (await Project.Get("other")).ShouldBeProblem(404, "session_not_found");
    }

    [Test]
    public async Task Creates_no_session()
    {
        (await Project.Merge(Uuid, Body.Session("\"unit_id\":\"u\""))).ShouldBeProblem(404, "session_not_found");
        (await Project.Merge(Uuid, Body.Create([], "text/plain"))).ShouldBeProblem(404, "session_not_found");
        (await Project.List()).ShouldSucceedWith("[]");
    }

    private static IEnumerable<TestCaseData> Failing()
    {
        yield return new TestCaseData(400, "session_missing", Body.Json("{}"));
        yield return new TestCaseData(400, "json_invalid", Body.Json("{"));
        yield return new TestCaseData(415, "media_type_unsupported", Body.Create([], "text/plain"));
        yield return new TestCaseData(400, "unit_id_invalid", Body.Session("\"unit_id\":\"\""));
        yield return new TestCaseData(400, "validation_failed", Body.Session("\"unit_id\":\"new\",\"saved\":1.5"));
        yield return new TestCaseData(400, "point_invalid", Body.Session("""  "unit_id":"new","data":{"file":"gone","p":null}  """));
        yield return new TestCaseData(
            400,
            "digest_mismatch",
            Body.Multipart(
                Part.Field("session[unit_id]", "new"),
                Part.File("session[data][file]", New),
                Part.File("session[data][p]", New, "x", "Content-MD5: AAAAAAAAAAAAAAAAAAAAAA==")));
        yield return new TestCaseData(
            413,
            "upload_too_large",
            Body.Multipart(Part.File("session[data][file]", New), Part.File("session[data][p]", new byte[TestBed.MaxUploadBytes + 1])));
    }

    [TestCaseSource(nameof(Failing))]
    public async Task One_that_fails_changes_nothing(int status, string code, HttpContent body)
    {
        await Project.HaveFile(Uuid, "file", Old);
        var old = (await Project.Get(Uuid)).ShouldSucceed();
        (await Project.Merge(Uuid, body)).ShouldBeProblem(status, code);
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Project.Get(Uuid)).ShouldSucceedWith(old.GetRawText());
        (await Project.FileIn(Uuid, "file")).ShouldBe(Old);
    }
}
