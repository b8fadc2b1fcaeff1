using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Attachments.ProcessTests.RealClients;

/// <summary>Files that attack whoever opens them, kept in every family and opened in a browser.</summary>
[TestFixture]
internal sealed class StoredContentTests() : ClientFixture(Browser.Program)
{
    private const string Session = "hostile";

    [Test]
    public async Task Run_no_script_and_show_no_page_however_they_are_opened()
    {
        var files = new Dictionary<string, HostileFile>();
        await Service.CreateSession(Session);
        await Send(HttpMethod.Put, "/api/records/F/1", Document());
        foreach (var file in HostileFile.All)
        {
            // A session's files have no type of their own, so none of them is ever shown.
            files.Add(await StoreInSession(file), file with { IsShown = false });
            files.Add(await StoreInRecord(file), file);
            files.Add(await StoreInSet(file), file);
            files.Add(await StoreAsOwned(file), file);
        }

        await using var page = StoredContentPage.Start(Service.Client, files);
        var report = await Browser.Visit(Directory, page.Origin, page.Report, "--disable-popup-blocking");
        report.Error.ShouldBeNull();
        page.Answers.ShouldAllBe(status => status == 200);
        page.Beacons.Order().ShouldBe(HostileFile.All.Select(file => $"{HostileFile.Control}/{file.Name}").Order());
        report.Shown.Order().ShouldBe(
            files.Where(file => file.Value.IsShown).SelectMany(file => new[] { $"{file.Key} frame", $"{file.Key} window" }).Order());
    }

    private async Task<string> StoreInSession(HostileFile file)
    {
        var path = Service.GetPath(Session, file.Name);
        await Send(HttpMethod.Put, path, Form("attachment", file));
        return path;
    }

    private async Task<string> StoreInRecord(HostileFile file)
    {
        var path = $"/api/records/F/1/attachments/content/{file.Name}";
        await Send(HttpMethod.Post, path, Bytes(file));
        return path;
    }

    private async Task<string> StoreInSet(HostileFile file)
    {
        var items = await Send(HttpMethod.Post, $"/api/temporaryattachmentset/{Guid.NewGuid()}", Form("n", file));
        return new Uri((string)items![0]!["Content"]!).AbsolutePath;
    }

    private async Task<string> StoreAsOwned(HostileFile file) =>
        (string)(await Send(HttpMethod.Post, "/v1/attachments", Form("file", file)))!["download_url"]!;

    private async Task<JsonNode?> Send(HttpMethod method, string path, HttpContent content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await Service.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    private static StringContent Document() =>
        new("""{"data":{"type":"record","id":"F/1"}}""", Encoding.UTF8, new MediaTypeHeaderValue("application/vnd.api+json"));

    private static MultipartFormDataContent Form(string field, HostileFile file) => new() { { Bytes(file), field, file.Name } };

    private static ByteArrayContent Bytes(HostileFile file)
    {
        var content = new ByteArrayContent(file.Content);
        content.Headers.TryAddWithoutValidation("Content-Type", file.MediaType).ShouldBeTrue();
        return content;
    }
}
