using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

[TestFixture]
internal sealed class DeleteSessionTests : SessionsFixture
{
    [Test]
    public async Task Removes_the_session_with_its_points_and_files()
    {
        await Project.HaveFile(Uuid, "small", Files.Make(Files.Small));
        await Project.Attach(Uuid, "large", Body.Raw(Files.Make(Files.Large)));
        await Project.Have("other");

        (await Project.Delete(Uuid)).ShouldSucceedWith("true");

        (await Project.Get(Uuid)).ShouldBeProblem(404, "session_not_found");
        (await Project.Download(Uuid, "small")).ShouldBeProblem(404, "session_not_found");
        (await Project.ListAttachments(Uuid)).ShouldBeProblem(404, "session_not_found");
        (await Project.Delete(Uuid)).ShouldBeProblem(404, "session_not_found");
        (await Project.Get("other")).ShouldSucceed();
        await Service.ShouldKeepOnlyWhatIsReferredTo();
    }

    [Test]
    public async Task A_deleted_session_can_be_created_again()
    {
        await Project.HaveFile(Uuid, "p", Files.Make(Files.Small));
        (await Project.Delete(Uuid)).ShouldSucceed();
        (await Project.Have(Uuid)).GetProperty("data").ShouldBeJson("{}");
    }
}
