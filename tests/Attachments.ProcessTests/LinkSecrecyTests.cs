using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Attachments.ProcessTests;

/// <summary>A link's token is a credential: it is written nowhere, however much is logged.</summary>
[TestFixture]
internal sealed class LinkSecrecyTests
{
    private const string Key = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    private readonly ConcurrentQueue<(string Path, string Body)> exported = new();

    [Test]
    public async Task Appears_in_no_log_and_no_span_here_or_at_a_collector()
    {
        await using var collector = await StartCollector();
        var settings = ServiceSettings.Complete(await Service.CreateMigrated())
            .With("Links:Keys:0:Id", "key")
            .With("Links:Keys:0:Value", Key)
            .With("Serilog:MinimumLevel:Default", "Verbose")
            .With("Serilog:MinimumLevel:Override:Microsoft", "Verbose")
            .With("Serilog:MinimumLevel:Override:System", "Verbose")
            .With("Serilog:MinimumLevel:Override:Npgsql", "Verbose")
            .With("Serilog:MinimumLevel:Override:Microsoft.EntityFrameworkCore", "Verbose")
            .With("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.Single())
            .With("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        await using var service = await Service.Start(settings);
        await service.CreateSession("s");
        await service.Put("s", "p", new ByteArrayContent([1, 2, 3]));
        var path = Service.GetPath("s", "p");
        var tokens = new List<string> { "eyJhbGciOiJIUzI1NiJ9.MARKER.MARKER" };
        foreach (var members in new[] { "", ",\"max_uses\":1", ",\"method\":\"PUT\"" })
        {
            var link = await Make(service.Client, path, members);
            tokens.Add(link[(link.IndexOf("link=", StringComparison.Ordinal) + 5)..]);
        }

        using var anyone = new HttpClient { BaseAddress = service.Address };
        foreach (var token in tokens)
        {
            foreach (var target in new[] { path, path + "/", "/nowhere", "/health/ready" })
            {
                (await anyone.GetAsync($"{target}?link={token}")).Dispose();
                (await anyone.GetAsync($"{target}?a=b&link={token}&c=d")).Dispose();
                (await anyone.PutAsync($"{target}?link={token}", new StringContent("x", Encoding.UTF8, "application/octet-stream"))).Dispose();
            }
        }

        service.Process.Send(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        var outcome = await service.Process.Ended();
        var log = string.Join('\n', outcome.Output.Concat(outcome.Errors));
        log.ShouldContain("Request starting", customMessage: "the framework logs requests at this level");
        log.ShouldContain("Download of");
        var sent = exported.ToLookup(post => post.Path, post => post.Body).ToDictionary(posts => posts.Key, string.Concat);
        sent.Keys.ShouldBe(["/v1/logs", "/v1/metrics", "/v1/traces"], ignoreOrder: true);
        sent["/v1/traces"].ShouldContain("attachments/{id}");
        sent["/v1/logs"].ShouldContain("Request starting");
        sent["/v1/logs"].ShouldContain("Download of");
        foreach (var token in tokens.Append("MARKER").SelectMany(token => token.Split('.')[^1..].Append(token)))
        {
            log.Contains(token, StringComparison.Ordinal).ShouldBeFalse(
                string.Join('\n', outcome.Output.Where(line => line.Contains(token, StringComparison.Ordinal)).Take(3)));
            sent.Where(posted => posted.Value.Contains(token, StringComparison.Ordinal)).Select(posted => posted.Key).ShouldBeEmpty();
        }
    }

    private static async Task<string> Make(HttpClient client, string path, string members)
    {
        using var body = new StringContent($$"""{"url":"{{path}}"{{members}}}""", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/v1/links", body);
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["links"]![0]!["url"]!;
    }

    private async Task<WebApplication> StartCollector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            exported.Enqueue((context.Request.Path.Value!, Encoding.Latin1.GetString(body.ToArray())));
        });
        await app.StartAsync();
        return app;
    }
}
