using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

[TestFixture]
internal sealed class DeleteSessionAttachmentTests : SessionsFixture
{
    private static readonly byte[] File = Files.Make(Files.Small);

    [TestCase(Files.Small)]
    [TestCase(Files.Large)]
    public async Task Removes_the_point_with_its_file(int length)
    {
        await Project.HaveFile(Uuid, "p", Files.Make(length));
        await Project.Attach(Uuid, "other", Body.Raw(File));
        (await Project.Detach(Uuid, "p")).ShouldSucceedWith("true");
        (await Project.Get(Uuid)).ShouldSucceed().GetProperty("data").Names().ShouldBe(["other"]);
        (await Project.Download(Uuid, "p")).ShouldBeProblem(404, "attachment_not_found");
        (await Project.Detach(Uuid, "p")).ShouldBeProblem(404, "attachment_not_found");
        await Service.ShouldKeepOnlyWhatIsReferredTo();
        (await Project.FileIn(Uuid, "other")).ShouldBe(File);
    }

    [Test]
    public async Task Leaves_alone_what_is_no_file()
    {
        var session = await Project.Have(Uuid, """  "scalar":"x","raw":{"rawData":"AQ=="}  """);
        foreach (var point in new[] { "scalar", "raw", "missing" })
        {
            (await Project.Detach(Uuid, point)).ShouldBeProblem(404, "attachment_not_found");
        }

        (await Project.Detach("no session", "p")).ShouldBeProblem(404, "session_not_found");
        (await Project.Get(Uuid)).ShouldSucceedWith(session.GetRawText());
    }

    [Test]
    public async Task Saves_the_session()
    {
        await Project.HaveFile(Uuid, "p", File);
        (await Project.Merge(Uuid, Body.Session("\"saved\":1"))).ShouldSucceed();
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        (await Project.Detach(Uuid, "p")).ShouldSucceed();
        (await Project.Get(Uuid)).ShouldSucceed().GetProperty("saved").GetInt64()
            .ShouldBeInRange(before, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    private static IEnumerable<TestCaseData> Conditions()
    {
        yield return new TestCaseData("If-Match", File.EntityTag(), 200);
        yield return new TestCaseData("If-Match", "*", 200);
        yield return new TestCaseData("If-Match", "\"other\"", 412);
        yield return new TestCaseData("If-Match", $"W/{File.EntityTag()}", 412);
        yield return new TestCaseData("If-None-Match", File.EntityTag(), 412);
        yield return new TestCaseData("If-None-Match", "*", 412);
        yield return new TestCaseData("If-None-Match", "\"other\"", 200);
        yield return new TestCaseData("If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT", 412);
        yield return new TestCaseData("If-Unmodified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", 200);
        yield return new TestCaseData("If-Match", "unquoted", 400);
        yield return new TestCaseData("If-Unmodified-Since", "yesterday", 400);
    }

    [TestCaseSource(nameof(Conditions))]
    public async Task Removes_the_file_only_under_the_conditions_sent(string field, string value, int status)
    {
        await Project.HaveFile(Uuid, "p", File);
        var answer = await Project.Detach(Uuid, "p", (field, value));
        answer.Status.ShouldBe(status, answer.Text);
        (await Project.Download(Uuid, "p")).Status.ShouldBe(status == 200 ? 404 : 200);
    }
}
