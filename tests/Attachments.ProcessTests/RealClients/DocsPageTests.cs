using System.Text.Json.Nodes;

namespace Attachments.ProcessTests.RealClients;

/// <summary>"Try it out" on the page of the API, with its examples as they are.</summary>
[TestFixture]
internal sealed class DocsPageTests() : ClientFixture(Browser.Program)
{
    private const string Json = "application/json";
    private const string UrlEncodedForm = "application/x-www-form-urlencoded";
    private const string MultipartForm = "multipart/form-data";

    [Test]
    public async Task Every_upload_of_every_family_works()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1]), "file", "a.txt" } };
        using var response = await Service.Client.PostAsync("/v1/attachments", form);
        var owned = new Dictionary<string, string> { ["id"] = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["id"]!.ToString() };
        var none = new Dictionary<string, string>();
        await using var page = DocsPage.Start(
            Service.Client,
            [
                new("postSession", Json, 0, none),
                new("postSession", UrlEncodedForm, 0, none),
                new("postSession", MultipartForm, 1, none),
                new("putSession", Json, 0, none),
                new("putSession", UrlEncodedForm, 0, none),
                new("putSession", MultipartForm, 1, none),
                new("putSessionAttachment", "application/octet-stream", 1, none),
                new("postRecord", "application/vnd.api+json", 0, none),
                new("putRecord", Json, 0, none),
                new("patchRecord", Json, 0, none),
                new("postRecordAttachment", "*/*", 1, none),
                new("postRecordAttachmentInFolder", "*/*", 1, none),
                new("postTemporaryItems", MultipartForm, 1, none),
                new("postTemporarySetClaim", Json, 0, none),
                new("postOwnedAttachment", MultipartForm, 1, none),
                new("putOwnedAttachment", Json, 0, owned),
                new("putOwnedAttachment", UrlEncodedForm, 0, owned),
                new("patchOwnedAttachment", MultipartForm, 1, owned),
                new("postLinks", Json, 0, none),
            ]);
        var tried = await Browser.Visit(Directory, page.Address, page.Report);
        tried.Count.ShouldBe(19);
        tried.ShouldAllBe(upload => upload.Status == 200 || upload.Status == 201, string.Join('\n', tried));
    }
}
