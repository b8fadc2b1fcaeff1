using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Attachments.ProcessTests.RealClients;

/// <summary>A page that uploads by Uppy to a service of another origin, over a line that it has cut and healed.</summary>
internal sealed class UppyPage : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly WebApplication app;
    private readonly TaskCompletionSource<IReadOnlyList<UppyReport>> report = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BreakableLine? line;
    private object? settings;
    private string script = "";

    private UppyPage(WebApplication app) => this.app = app;

    public string Origin => app.Urls.Single();

    /// <summary>What the page saw, once it is done.</summary>
    public Task<IReadOnlyList<UppyReport>> Report => report.Task;

    public static UppyPage Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var page = new UppyPage(builder.Build());
        page.Serve();
        return page;
    }

    /// <summary>To be called before the page is.</summary>
    /// <param name="service">Where it uploads to.</param>
    /// <param name="token">Its user's.</param>
    /// <param name="set">The path of a temporary set.</param>
    /// <param name="bundle">The page's script, in one file.</param>
    public void Use(Uri service, string token, string set, string bundle)
    {
        line = BreakableLine.To(service);
        settings = new { target = line.Address.GetLeftPart(UriPartial.Authority), token, set };
        script = bundle;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        if (line is not null)
        {
            await line.DisposeAsync();
        }
    }

    private void Serve()
    {
        app.MapGet("/", () => Results.Content("<!doctype html><title>Uppy</title><script type=\"module\" src=\"page.js\"></script>", "text/html; charset=utf-8"));
        app.MapGet("/page.js", () => Results.Content(script, "text/javascript"));
        app.MapGet("/settings", () => Results.Json(settings));
        app.MapGet("/cut", () => line!.Cut());
        app.MapGet("/heal", () => line!.Heal());
        app.MapPost("/report", async (HttpRequest request) =>
        {
            report.TrySetResult((await JsonSerializer.DeserializeAsync<List<UppyReport>>(request.Body, Json))!);
            return Results.NoContent();
        });
        app.Start();
    }
}

/// <summary>What a page saw of some files.</summary>
/// <param name="Way">How they were uploaded.</param>
/// <param name="Failed">The failures.</param>
/// <param name="Done">What was stored, in whatever order.</param>
/// <param name="Hashes">The SHA-256 of each file, in hexadecimal digits.</param>
/// <param name="First">The first progress that was shown, in bytes.</param>
internal sealed record UppyReport(
    string Way, IReadOnlyList<string> Failed, IReadOnlyList<UppyUpload> Done, IReadOnlyList<string> Hashes, long? First);

/// <param name="Name">Of the file.</param>
/// <param name="Status">What a plain upload would have been answered.</param>
/// <param name="Location">What it became.</param>
internal sealed record UppyUpload(string Name, int? Status, string? Location);
