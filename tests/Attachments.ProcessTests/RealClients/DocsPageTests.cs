using System.Text.Json.Nodes;

namespace Attachments.ProcessTests.RealClients;

/// <summary>"Try it out" on the page of the API, with its examples as they are.</summary>
[TestFixture]
internal sealed class DocsPageTests() : ClientFixture(Browser.Program)
{
    private const string Json = "application/json";
    private const string JsonApi = "application/vnd.api+json";
    private const string UrlEncodedForm = "application/x-www-form-urlencoded";
    private const string MultipartForm = "multipart/form-data";

    private static readonly Dictionary<string, string> Examples = [];

    [Test]
    public async Task Every_upload_of_every_family_works()
    {
        var owned = new Dictionary<string, string> { ["id"] = await StoreOwned() };
        OperationToTry[] operations =
        [
            new("postSession", Json, HasFile: false, Examples),
            new("postSession", UrlEncodedForm, HasFile: false, Examples),
            new("postSession", MultipartForm, HasFile: true, Examples),
            new("putSession", Json, HasFile: false, Examples),
            new("putSession", UrlEncodedForm, HasFile: false, Examples),
            new("putSession", MultipartForm, HasFile: true, Examples),
            new("putSessionAttachment", "application/octet-stream", HasFile: true, Examples),
            new("postRecord", JsonApi, HasFile: false, Examples),
            new("putRecord", Json, HasFile: false, Examples),
            new("patchRecord", Json, HasFile: false, Examples),
            new("postRecordAttachment", "*/*", HasFile: true, Examples),
            new("postRecordAttachmentInFolder", "*/*", HasFile: true, Examples),
            new("postTemporaryItems", MultipartForm, HasFile: true, Examples),
            new("postTemporarySetClaim", Json, HasFile: false, Examples),
            new("postOwnedAttachment", MultipartForm, HasFile: true, Examples),
            new("putOwnedAttachment", Json, HasFile: false, owned),
            new("putOwnedAttachment", UrlEncodedForm, HasFile: false, owned),
            new("patchOwnedAttachment", MultipartForm, HasFile: true, owned),
        ];
        await using var page = DocsPage.Start(Service.Client, operations);
        var tried = await Browser.Visit(Directory, page.Address, page.Report);
        tried.Select(it => it.Operation).ShouldBe(operations.Select(it => it.Operation));
        tried.ShouldAllBe(it => it.Status == 200 || it.Status == 201, string.Join('\n', tried));
        (await Service.Client.GetStringAsync("/api/v1/project/7/sessions/trip-42/attachments/photo")).ShouldBe("the bytes");
        (await Service.Client.GetStringAsync("/api/records/Contract/57/attachments/content/logo.png")).ShouldBe("the bytes");
    }

    private async Task<string> StoreOwned()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1]), "file", "a.txt" } };
        using var response = await Service.Client.PostAsync("/v1/attachments", form);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["id"]!.ToString();
    }
}
