using Attachments.FunctionalTests.Support;

namespace Attachments.FunctionalTests.Sessions;

[TestFixture]
internal sealed class ListSessionAttachmentsTests : SessionsFixture
{
    [Test]
    public async Task Lists_only_the_points_that_hold_files_by_name()
    {
        var (photo, note) = (Files.Make(Files.Large), Files.Make(0));
        await Project.Have(Uuid, """  "scalar":"x","raw":{"rawData":"AQ=="}  """);
        await Project.Attach(Uuid, "photo 1", Body.Multipart(Part.File("attachment", photo)));
        await Project.Attach(Uuid, "note", Body.Raw(note));
        (await Project.ListAttachments(Uuid)).ShouldSucceedWith(
            $$"""
            [{"id":"note","filename":"note","content_type":"application/octet-stream","length":0,"md5":"{{note.Md5()}}",
              "url":"{{Address("note")}}"},
             {"id":"photo 1","filename":"photo.jpg","content_type":"image/jpeg","length":{{photo.Length}},"md5":"{{photo.Md5()}}",
              "url":"{{Address("photo 1")}}"}]
            """);
    }

    [Test]
    public async Task A_session_without_files_has_an_empty_list()
    {
        await Project.Have(Uuid, "\"p\":\"x\"");
        (await Project.ListAttachments(Uuid)).ShouldSucceedWith("[]");
    }

    [Test]
    public async Task Without_a_session_there_is_no_list() =>
        (await Project.ListAttachments(Uuid)).ShouldBeProblem(404, "session_not_found");

    private string Address(string point) => Service.Address.GetLeftPart(UriPartial.Authority) + Project.Attachment(Uuid, point);
}
