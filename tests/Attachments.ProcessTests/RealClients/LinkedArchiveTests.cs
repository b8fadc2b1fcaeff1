using System.Text.Json.Nodes;

namespace Attachments.ProcessTests.RealClients;

/// <summary>A link to an archive, followed by a real browser, which has no token.</summary>
[TestFixture]
internal sealed class LinkedArchiveTests() : ClientFixture(Browser.Program)
{
    [Test]
    public async Task Is_saved_under_its_name()
    {
        var archive = new Uri(GetUrl("x")).AbsolutePath.Replace("/attachments/x", "/archive", StringComparison.Ordinal);
        var link = await MakeLink(archive);
        var saved = System.IO.Directory.CreateDirectory(PathTo("saved"));
        var profile = System.IO.Directory.CreateDirectory(PathTo("profile/Default"));
        await File.WriteAllTextAsync(
            Path.Combine(profile.FullName, "Preferences"), $$"""{"download":{"default_directory":"{{saved.FullName}}","prompt_for_download":false} }""");
        var expected = await Service.Client.GetByteArrayAsync(new Uri(archive, UriKind.Relative));
        using var browser = Browser.Start(Directory, link, "--headless=new");
        try
        {
            await Eventually.Holds(
                async () => File.Exists(PathTo("saved/clients.zip")) && (await File.ReadAllBytesAsync(PathTo("saved/clients.zip"))).AsSpan().SequenceEqual(expected),
                "The browser has not saved the archive.");
        }
        finally
        {
            browser.Kill(entireProcessTree: true);
            await browser.WaitForExitAsync();
        }
    }

    protected override ServiceSettings Settings(ServiceSettings settings) => settings
        .With("Links:Keys:0:Id", "key")
        .With("Links:Keys:0:Value", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=");

    private async Task<string> MakeLink(string path)
    {
        using var body = new StringContent($$"""{"url":"{{path}}"}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await Service.Client.PostAsync("/v1/links", body);
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["links"]![0]!["url"]!;
    }
}
