using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Attachments.ProcessTests.RealClients;

/// <summary>A link in an <c>img</c> on a page of another origin, in a real browser.</summary>
[TestFixture]
internal sealed class LinkedPictureTests() : ClientFixture(Browser.Program)
{
    /// <summary>One pixel.</summary>
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private const string Page =
        """
        <!doctype html>
        <title>pictures</title>
        <script type="module">
        const show = url => new Promise(done => {
          const image = new Image();
          image.onload = () => done(`shown ${image.naturalWidth}`);
          image.onerror = () => done('not shown');
          image.src = url;
        });
        const report = [];
        for (const url of URLS) report.push(await show(url));
        await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
        </script>
        """;

    [Test]
    public async Task Is_shown_and_comes_from_the_disk_cache_the_next_time()
    {
        using var bytes = new ByteArrayContent(Convert.FromBase64String(Png));
        bytes.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        using var form = new MultipartFormDataContent { { bytes, "file", "a.png" } };
        using var stored = await Service.Client.PostAsync("/v1/attachments", form);
        var path = (string)JsonNode.Parse(await stored.Content.ReadAsStringAsync())!["download_url"]!;
        await using var proxy = await Proxy.Start(Service.Address);
        var link = new Uri(proxy.Address, (await Make(path, ",\"pin\":true")).PathAndQuery).ToString();
        (await Visit(link, link[..^1] + (link[^1] == 'A' ? 'B' : 'A'))).ShouldBe(["shown 1", "not shown"]);
        var asked = proxy.Targets.Count(target => link.EndsWith(target, StringComparison.Ordinal));
        asked.ShouldBe(1);
        (await Visit(link)).ShouldBe(["shown 1"]);
        proxy.Targets.Count(target => link.EndsWith(target, StringComparison.Ordinal)).ShouldBe(asked, "the browser has it");
        proxy.Referers.ShouldAllBe(referer => !referer.Contains("link=", StringComparison.Ordinal));
    }

    protected override ServiceSettings Settings(ServiceSettings settings) => settings
        .With("Links:Keys:0:Id", "key")
        .With("Links:Keys:0:Value", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=");

    private async Task<Uri> Make(string path, string members)
    {
        using var body = new StringContent($$"""{"url":"{{path}}"{{members}}}""", Encoding.UTF8, "application/json");
        using var response = await Service.Client.PostAsync("/v1/links", body);
        return new Uri((string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["links"]![0]!["url"]!);
    }

    private async Task<string[]> Visit(params string[] urls)
    {
        var report = new TaskCompletionSource<string[]>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        var html = Page.Replace("URLS", JsonSerializer.Serialize(urls), StringComparison.Ordinal);
        app.MapGet("/", () => Results.Content(html, "text/html; charset=utf-8"));
        app.MapPost("/report", async (HttpContext context) =>
            report.TrySetResult((await JsonSerializer.DeserializeAsync<string[]>(context.Request.Body))!));
        await app.StartAsync();
        return await Browser.Visit(Directory, app.Urls.Single(), report.Task);
    }

    /// <summary>Passes requests on as they are, and notes what is asked for.</summary>
    private sealed class Proxy : IAsyncDisposable
    {
        private readonly WebApplication app;

        private Proxy(WebApplication app) => this.app = app;

        public Uri Address => new(app.Urls.Single());

        public ConcurrentQueue<string> Targets { get; } = new();

        public ConcurrentQueue<string> Referers { get; } = new();

        public static async Task<Proxy> Start(Uri service)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var proxy = new Proxy(builder.Build());
            var client = new HttpClient { BaseAddress = service };
            proxy.app.Run(async context =>
            {
                proxy.Targets.Enqueue(context.Request.Path + context.Request.QueryString);
                proxy.Referers.Enqueue(context.Request.Headers.Referer.ToString());
                await TokenProxy.Forward(context, client, context.Request.Path + context.Request.QueryString);
            });
            await proxy.app.StartAsync();
            return proxy;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
