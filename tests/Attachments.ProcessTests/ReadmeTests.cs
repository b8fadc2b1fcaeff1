using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Attachments.ProcessTests;

/// <summary>What the README shows works when it is pasted.</summary>
[TestFixture]
internal sealed partial class ReadmeTests
{
    private const string Key = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    [Test]
    public async Task Openssl_signs_a_link()
    {
        await using var service = await Service.Start(ServiceSettings.Complete(await Service.CreateMigrated())
            .With("Links:Keys:0:Id", "development")
            .With("Links:Keys:0:Value", Key));
        var photo = await File.ReadAllBytesAsync(Repository.Find("examples/photo.jpg"));
        using var file = new ByteArrayContent(photo) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };
        using var form = new MultipartFormDataContent
        {
            { new StringContent("trip-42"), "session[uuid]" }, { new StringContent("d"), "session[unit_id]" }, { file, "session[data][photo]", "photo.jpg" },
        };
        (await service.Client.PostAsync("/api/v1/project/7/sessions", form)).EnsureSuccessStatusCode();
        var script = Blocks().Matches(await File.ReadAllTextAsync(Repository.Find("README.md")))
            .Select(block => block.Groups[1].Value)
            .Single(block => block.Contains("openssl", StringComparison.Ordinal));
        script.TrimEnd('\n').Split('\n').Length.ShouldBeLessThanOrEqualTo(5);
        using var anyone = new HttpClient();
        var link = await Paste(script.Replace("http://localhost:5080", service.Address.ToString().TrimEnd('/'), StringComparison.Ordinal));
        (await anyone.GetByteArrayAsync(link)).ShouldBe(photo);
    }

    [TestCase("README.md", "Upload-Complete: ?0")]
    [TestCase("docs/uploads.md", "Upload-Complete: ?0")]
    [TestCase("docs/uploads.md", "Upload-Metadata")]
    public async Task An_upload_in_several_requests_is_stored(string page, string mark)
    {
        await using var service = await Service.StartOnNewDatabase();
        var blocks = Blocks().Matches(await File.ReadAllTextAsync(Repository.Find(page))).Select(block => block.Groups[1].Value).ToList();
        var script = blocks.Single(block => block.Contains(mark, StringComparison.Ordinal));

        // The second script of a page goes on with what the first has set.
        var before = script == blocks[0] || page == "README.md" ? "" : string.Join('\n', blocks[0].Split('\n')[..2]);
        var printed = await Paste(
            $"TOKEN={service.Token}; AUTH='Authorization: Bearer {service.Token}'\n{before}\n{script}"
                .Replace("http://localhost:5080", service.Address.ToString().TrimEnd('/'), StringComparison.Ordinal));
        printed.ShouldContain("\"download_url\"");
        printed.ShouldContain("attachment_1/");
    }

    [TestCase("README.md")]
    [TestCase("docs/changes.md")]
    public async Task A_subscriber_goes_on_where_it_stopped(string page)
    {
        await using var service = await Service.StartOnNewDatabase();
        var subscriber = Blocks().Matches(await File.ReadAllTextAsync(Repository.Find(page))).Select(block => block.Groups[1].Value)
            .Single(block => block.Contains("text/event-stream", StringComparison.Ordinal))
            .Replace("curl -sN", "curl -m 3 -sN", StringComparison.Ordinal);
        subscriber.TrimEnd('\n').Split('\n').Length.ShouldBeLessThanOrEqualTo(10);
        var set = $"curl -s -H \"$AUTH\" -F a=@README.md http://localhost:5080/api/temporaryattachmentset/{Guid.NewGuid()} >/dev/null\n";
        var printed = await Paste(
            $"AUTH='Authorization: Bearer {service.Token}'\n{set}{subscriber}\necho stopped\n{set}{subscriber}"
                .Replace("http://localhost:5080", service.Address.ToString().TrimEnd('/'), StringComparison.Ordinal));
        printed.Split('\n').Select(line => line == "stopped" ? line : System.Text.Json.JsonElement.Parse(line).GetProperty("type").GetString())
            .ShouldBe(["set.item.stored", "stopped", "set.item.stored"]);
    }

    /// <summary>Pastes it into a shell, where the service of Development keeps its data.</summary>
    private static async Task<string> Paste(string script)
    {
        var directory = Directory.CreateTempSubdirectory("attachments-readme-");
        try
        {
            File.Copy(Repository.Find("README.md"), Path.Combine(directory.FullName, "README.md"));
            await File.WriteAllTextAsync(Path.Combine(directory.CreateSubdirectory(".data").FullName, "link-key"), Key);
            using var shell = Process.Start(new ProcessStartInfo("bash")
            {
                WorkingDirectory = directory.FullName,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            await shell.StandardInput.WriteAsync(script);
            shell.StandardInput.Close();
            var printed = await shell.StandardOutput.ReadToEndAsync();
            await shell.WaitForExitAsync();
            return printed.Trim();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
