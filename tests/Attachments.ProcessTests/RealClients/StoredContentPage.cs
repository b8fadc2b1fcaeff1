using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Attachments.ProcessTests.RealClients;

/// <summary>
/// A page that opens stored files in every way that a page has, through a proxy of its own origin that adds the token and changes nothing:
/// the most trust that an application can put into them. Afterwards it opens the same files as a careless server would have sent them,
/// by which time whatever the stored ones can do has been done.
/// </summary>
internal sealed class StoredContentPage : IAsyncDisposable
{
    private const string Html =
        """
        <!doctype html>
        <title>stored content</title>
        <script type="module">
        const files = FILES;
        const report = { shown: [], error: null };
        const places = [];
        const json = async path => (await fetch(path)).json();

        function element(name, attributes) {
          const made = Object.assign(document.createElement(name), attributes);
          document.body.append(made);
          return made;
        }

        function open(address, way) {
          const target = `${address}?way=${way}`;
          switch (way) {
            case 'frame': { const frame = element('iframe', { src: target }); return () => frame.contentDocument; }
            case 'window': { const opened = window.open(target); return () => opened.document; }
            case 'object': element('object', { data: target }); break;
            case 'embed': element('embed', { src: target }); break;
            case 'picture': element('img', { src: target }); break;
            case 'script': element('script', { src: target }); break;
          }
        }

        function isShown(content) {
          try { const page = content(); return page === null || page.URL !== 'about:blank'; } catch { return true; }
        }

        async function until(path, holds) {
          while (!holds(await json(path))) await new Promise(next => setTimeout(next, 100));
        }

        try {
          for (const { path, ways } of files) {
            for (const way of ways) {
              const content = open(`/stored${path}`, way);
              if (content) places.push({ path, way, content });
            }
          }
          await until('/answered', answered => files.every(({ path, ways }) => ways.every(way => answered.includes(`${path}?way=${way}`))));
          for (const { control, controlWay } of files) open(`/control/${control}`, controlWay);
          await until('/beacons', beacons => files.every(({ control }) => beacons.includes(`barely/${control}`)));
          report.shown = places.filter(place => isShown(place.content)).map(({ path, way }) => `${path} ${way}`);
        } catch (error) {
          report.error = String(error);
        }
        await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
        </script>
        <body>
        """;

    private static readonly string[] Ways = ["frame", "window", "object", "embed", "picture"];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly WebApplication app;
    private readonly HttpClient service;
    private readonly ConcurrentDictionary<string, int> answered = new();
    private readonly ConcurrentDictionary<string, int> beacons = new();
    private readonly TaskCompletionSource<StoredContentReport> report = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StoredContentPage(WebApplication app, HttpClient service)
    {
        this.app = app;
        this.service = service;
    }

    public string Origin => app.Urls.Single();

    public Task<StoredContentReport> Report => report.Task;

    /// <summary>What scripts have asked for.</summary>
    public IEnumerable<string> Beacons => beacons.Keys;

    /// <summary>The status that each file was answered with.</summary>
    public IEnumerable<int> Answers => answered.Values;

    /// <param name="service">With the token.</param>
    /// <param name="files">The files, by the path of their download.</param>
    public static StoredContentPage Start(HttpClient service, IReadOnlyDictionary<string, HostileFile> files)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var page = new StoredContentPage(builder.Build(), service);
        page.Serve(files);
        return page;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private void Serve(IReadOnlyDictionary<string, HostileFile> files)
    {
        var list = files.Select(file => new
        {
            Path = file.Key,
            Ways = file.Value.IsScript ? [.. Ways, "script"] : Ways,
            Control = file.Value.Name,
            ControlWay = file.Value.IsScript ? "script" : "frame",
        });
        var html = Html.Replace("FILES", JsonSerializer.Serialize(list, Json), StringComparison.Ordinal);
        var controls = HostileFile.All.ToDictionary(file => file.Name);
        app.MapGet("/", () => Results.Content(html, "text/html; charset=utf-8"));
        app.MapGet("/stored/{**path}", Forward);
        app.MapGet("/control/{name}", (string name) => Results.Bytes(controls[name].ControlContent, controls[name].DangerousType));
        app.MapGet("/beacon/{kind}/{name}", (string kind, string name) =>
        {
            beacons.TryAdd($"{kind}/{name}", 0);
            return Results.NoContent();
        });
        app.MapGet("/answered", () => answered.Keys);
        app.MapGet("/beacons", () => beacons.Keys);
        app.MapPost("/report", async (HttpRequest request) =>
        {
            report.TrySetResult((await JsonSerializer.DeserializeAsync<StoredContentReport>(request.Body, Json))!);
            return Results.NoContent();
        });
        app.Start();
    }

    private async Task Forward(HttpContext context)
    {
        var path = context.Request.Path.Value!["/stored".Length..];
        await TokenProxy.Forward(context, service, $"{path}?disposition=inline");
        answered[path + context.Request.QueryString] = context.Response.StatusCode;
    }
}

/// <summary>What came of opening the files.</summary>
/// <param name="Shown">Path and way of those that a document was made of.</param>
/// <param name="Error">Null: none.</param>
internal sealed record StoredContentReport(IReadOnlyList<string> Shown, string? Error);
