using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Attachments.ProcessTests.RealClients;

/// <summary>Uppy in Chromium, on a page of another origin.</summary>
[TestFixture]
internal sealed class UppyTests() : ClientFixture(Browser.Program)
{
    private static readonly ClientProgram Npm = new("npm", "npm") { UsesHome = true };

    private readonly UppyPage page = UppyPage.Start();

    [OneTimeTearDown]
    public async Task StopPage() => await page.DisposeAsync();

    [Test]
    public async Task Uploads_after_a_pause_without_a_line_after_a_reload_and_many_into_a_set()
    {
        Npm.Require();
        var set = $"/api/temporaryattachmentset/{Guid.NewGuid()}";
        page.Use(Service.Address, Service.Token, set, await Bundle());
        var reports = await Browser.Visit(Directory, page.Origin, page.Report);
        reports.ShouldAllBe(report => report.Failed.Count == 0, string.Join('\n', reports.SelectMany(report => report.Failed)));
        reports.Select(report => report.Way).ShouldBe(["paused", "offline", "set", "reloaded"]);
        reports.SelectMany(report => report.Done).ShouldAllBe(upload => upload.Status == 201);
        foreach (var report in reports.Where(report => report.Way != "set"))
        {
            var entry = JsonNode.Parse(await Service.Client.GetStringAsync(report.Done.Single().Location))!;
            (await Hash((string)entry["download_url"]!)).ShouldBe(report.Hashes.Single(), report.Way);
        }

        // Not from its start again.
        reports[^1].First.ShouldNotBeNull().ShouldBeGreaterThan(2_000_000);
        await ShouldBeClaimed(set, reports.Single(report => report.Way == "set").Hashes);
    }

    protected override ServiceSettings Settings(ServiceSettings settings) => settings.With("Cors:Origins:0", page.Origin);

    private async Task<string> Bundle()
    {
        foreach (var file in System.IO.Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "RealClients", "uppy")))
        {
            File.Copy(file, PathTo(Path.GetFileName(file)));
        }

        await Npm.Run(Directory, "ci", "--no-audit", "--no-fund");
        await Npm.Run(Directory, "run", "bundle");
        return await File.ReadAllTextAsync(PathTo("page.js"));
    }

    private async Task ShouldBeClaimed(string set, IReadOnlyList<string> hashes)
    {
        var items = JsonNode.Parse(await Service.Client.GetStringAsync(set))!["Items"]!.AsArray();
        var stored = await Task.WhenAll(items.Select(item => Hash((string)item!["Content"]!)));
        stored.ShouldBe(hashes, ignoreOrder: true);
        using var body = new StringContent("""{"Owned":{} }""", Encoding.UTF8, "application/json");
        using var claimed = await Service.Client.PostAsync($"{set}/claim", body);
        claimed.IsSuccessStatusCode.ShouldBeTrue(await claimed.Content.ReadAsStringAsync());
    }

    private async Task<string> Hash(string address) =>
        Convert.ToHexStringLower(SHA256.HashData(await Service.Client.GetByteArrayAsync(address)));
}
