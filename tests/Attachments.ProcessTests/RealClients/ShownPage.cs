using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Attachments.ProcessTests.RealClients;

/// <summary>A page that opens stored files one after the other, each as a page of its own, through a proxy that adds the token.</summary>
internal sealed class ShownPage : IAsyncDisposable
{
    private const string Html =
        """
        <!doctype html>
        <title>stored files</title>
        <script type="module">
        for (const path of PATHS) {
          await fetch('/next');
          window.open(`/stored${path}`);
        }
        </script>
        """;

    private readonly WebApplication app;
    private readonly SemaphoreSlim turns = new(0);
    private readonly ConcurrentDictionary<string, int> played = new();
    private readonly ConcurrentDictionary<string, int> beacons = new();

    private ShownPage(WebApplication app) => this.app = app;

    public string Origin => app.Urls.Single();

    /// <summary>The paths that a player has asked for, with the status that it was answered.</summary>
    public IReadOnlyDictionary<string, int> Played => played;

    /// <summary>What scripts have asked for.</summary>
    public IEnumerable<string> Beacons => beacons.Keys;

    /// <param name="service">With the token.</param>
    /// <param name="paths">Of the downloads, in this order.</param>
    public static ShownPage Start(HttpClient service, IEnumerable<string> paths)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var page = new ShownPage(builder.Build());
        page.Serve(service, Html.Replace("PATHS", JsonSerializer.Serialize(paths), StringComparison.Ordinal));
        return page;
    }

    /// <summary>Lets the page open the next file.</summary>
    public void OpenNext() => turns.Release();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        turns.Dispose();
    }

    private void Serve(HttpClient service, string html)
    {
        app.MapGet("/", () => Results.Content(html, "text/html; charset=utf-8"));
        app.MapGet("/next", (CancellationToken cancellationToken) => turns.WaitAsync(cancellationToken));
        app.MapGet("/beacon/{kind}/{name}", (string name) =>
        {
            beacons.TryAdd(name, 0);
            return Results.NoContent();
        });
        app.MapGet("/stored/{**path}", async (HttpContext context) =>
        {
            var path = context.Request.Path.Value!["/stored".Length..];
            await TokenProxy.Forward(context, service, $"{path}?disposition=inline");
            if (context.Request.Headers["Sec-Fetch-Dest"] is ["audio" or "video"])
            {
                played[path] = context.Response.StatusCode;
            }
        });
        app.Start();
    }
}
