using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Attachments.UnitTests.Telemetry;

/// <summary>Takes what is exported to it by OTLP over HTTP.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<(string Path, string Body, string? Header)> posts = new();

    private Collector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Run(Take);
    }

    public string Endpoint => app.Urls.Single();

    public bool IsEmpty => posts.IsEmpty;

    public static async Task<Collector> Start()
    {
        var collector = new Collector();
        await collector.app.StartAsync();
        return collector;
    }

    /// <summary>All that was posted to a path, one byte a letter: the names in it can be found without taking the protocol apart.</summary>
    public string At(string path) => string.Concat(posts.Where(post => post.Path == path).Select(post => post.Body));

    public IEnumerable<string?> Headers() => posts.Select(post => post.Header).Distinct();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        posts.Enqueue((context.Request.Path.Value!, Encoding.Latin1.GetString(body.ToArray()), context.Request.Headers["x-key"]));
    }
}
