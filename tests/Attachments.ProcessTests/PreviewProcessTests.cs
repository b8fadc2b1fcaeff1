using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Attachments.ProcessTests;

/// <summary>The processes that decode images, of a service in a process of its own.</summary>
internal sealed partial class PreviewProcessTests
{
    private const string Photo = "examples/photo.jpg";

    [Test]
    public async Task Inherit_nothing_and_end_with_a_killed_service()
    {
        var database = await Service.CreateMigrated();
        await using var service = await Service.Start(ServiceSettings.Complete(database).With("Previews:Enabled", "true"));
        var sandbox = (await service.Process.Printed(SandboxLine())).Groups[1].Value;
        if (sandbox.Contains("No previews", StringComparison.Ordinal))
        {
            Assert.Ignore("The sandbox cannot be had here: it needs Linux with Landlock.");
        }

        await Store(service, "photo");
        using (var preview = await service.Client.GetAsync($"{Service.GetPath("photos", "photo")}?preview=small"))
        {
            preview.StatusCode.ShouldBe(HttpStatusCode.OK);
            preview.Content.Headers.ContentType.ShouldBe(new MediaTypeHeaderValue("image/jpeg"));
        }

        // The one that is started ahead is confined once it has executed itself.
        await Eventually.Holds(() => Task.FromResult(FindWorkers(service).Any(IsConfined)), "a worker waits in its sandbox");
        var waiting = FindWorkers(service).First(IsConfined);
        var environment = await File.ReadAllTextAsync($"/proc/{waiting}/environ");
        environment.ShouldNotContain("ConnectionStrings");
        environment.ShouldNotContain("PATH=");
        Directory.EnumerateFiles($"/proc/{waiting}/fd").Select(file => new FileInfo(file).LinkTarget ?? "")
            .ShouldAllBe(target => !target.StartsWith("socket:", StringComparison.Ordinal));
        var status = await File.ReadAllTextAsync($"/proc/{waiting}/status");
        status.ShouldContain("NoNewPrivs:\t1");
        status.ShouldContain("CapEff:\t0000000000000000");
        status.ShouldContain("Seccomp:\t2");
        (await File.ReadAllTextAsync($"/proc/{waiting}/limits")).ShouldMatch(@"Max file size\s+0\s+0");

        await Store(service, "another");
        var cut = service.Client.GetAsync($"{Service.GetPath("photos", "another")}?preview=small");
        await service.Process.Kill();
        await Should.ThrowAsync<HttpRequestException>(cut);
        await Eventually.Holds(() => Task.FromResult(FindWorkers(service).Count == 0), "no worker outlives its service");
        (await StorageAudit.Inspect(database)).ShouldBeEmpty();
    }

    [Test]
    public async Task Are_said_to_be_off_where_they_are()
    {
        await using var service = await Service.StartOnNewDatabase();
        (await service.Process.Printed(SandboxLine())).Groups[1].Value.ShouldContain("Previews:Enabled is false.");
        await Store(service, "photo");
        using var answer = await service.Client.GetAsync($"{Service.GetPath("photos", "photo")}?preview=small");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("previews_off");
    }

    private static async Task Store(Service service, string point)
    {
        if (point == "photo")
        {
            await service.CreateSession("photos");
        }

        await service.Put("photos", point, new ByteArrayContent(await File.ReadAllBytesAsync(Repository.Find(Photo))));
    }

    /// <summary>They name the process that they must not outlive, also when it is not their parent any more.</summary>
    private static List<int> FindWorkers(Service service) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? id : 0)
            .Where(id => id > 0 && IsWorker(id, service.Process.Id)),
    ];

    private static bool IsWorker(int id, int parent) =>
        Read($"/proc/{id}/cmdline").Contains("\0preview\0", StringComparison.Ordinal)
        && Regex.IsMatch(Read($"/proc/{id}/status"), $@"PPid:\t({parent}|1)\n");

    private static bool IsConfined(int id) => Read($"/proc/{id}/status").Contains("Seccomp:\t2", StringComparison.Ordinal);

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    [GeneratedRegex("((?:Previews are|No previews are) made.*)")]
    private static partial Regex SandboxLine();
}
