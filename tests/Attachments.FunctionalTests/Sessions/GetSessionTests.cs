using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

[TestFixture]
internal sealed class GetSessionTests : SessionsFixture
{
    [Test]
    public async Task Reads_all_points_by_name()
    {
        await Project.Have(Uuid, """  "b":"scalar","a":{"rawData":"AQID"},"B":""  """);
        await Project.Attach(Uuid, "file", Body.Raw(Files.Make(Files.Small)));
        var session = (await Project.Get(Uuid)).ShouldSucceed();
        session.Names().ShouldBe(["project_id", "uuid", "unit_id", "created", "saved", "data"]);
        var data = session.GetProperty("data");
        data.Names().ShouldBe(["B", "a", "b", "file"]);
        data.GetProperty("b").GetString().ShouldBe("scalar");
        data.GetProperty("B").GetString().ShouldBe("");
        data.GetProperty("a").ShouldBeJson("""{"rawData":"AQID"}""");
        data.GetProperty("file").Names().ShouldBe(["filename", "content_type", "length", "md5", "url"]);
    }

    [TestCase("no GUID at all")]
    [TestCase("a/b")]
    [TestCase("50% + 1?&#")]
    [TestCase("attachments")]
    [TestCase("ünï字😀")]
    [TestCase("..a..")]
    [TestCase(" ")]
    public async Task Finds_a_session_by_any_uuid_percent_decoded(string uuid)
    {
        await Project.HaveFile(uuid, "a/b c", Files.Make(Files.Small));
        var session = (await Project.Get(uuid)).ShouldSucceed();
        session.GetProperty("uuid").GetString().ShouldBe(uuid);
        var address = session.GetProperty("data").GetProperty("a/b c").GetProperty("url").GetString()!;
        (await Project.Send(HttpMethod.Get, address)).Body.ShouldBe(Files.Make(Files.Small));
    }

    [Test]
    public async Task A_uuid_is_matched_character_by_character()
    {
        await Project.Have("Abc");
        (await Project.Get("abc")).ShouldBeProblem(404, "session_not_found");
        (await Project.Get("Abc ")).ShouldBeProblem(404, "session_not_found");
    }

    [Test]
    public async Task A_session_of_another_project_is_not_found()
    {
        await Project.New(Service.Admin).Have(Uuid);
        (await Project.Get(Uuid)).ShouldBeProblem(404, "session_not_found");
    }
}
