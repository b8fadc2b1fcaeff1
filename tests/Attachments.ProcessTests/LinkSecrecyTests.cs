using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
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

    /// <summary>nginx prints the URL of a request with whatever goes wrong with it, unless it is told not to.</summary>
    [Test]
    public async Task Appears_in_no_log_of_the_load_balancer()
    {
        if (!LoadBalancer.IsAvailable)
        {
            Assert.Ignore(LoadBalancer.WhySkipped);
        }

        const string Marker = "eyJhbGciOiJIUzI1NiJ9.MARKER.MARKER";
        await using var service = await Service.StartOnNewDatabase();
        await using var balancer = await LoadBalancer.Start([service.Address]);
        using var client = new HttpClient { BaseAddress = balancer.Address };
        var target = $"{Service.GetPath("s", "p")}?link={Marker}";
        (await client.GetAsync(target)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await client.GetAsync($"/metrics?link={Marker}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync($"{target}{new string('a', 40_000)}")).StatusCode.ShouldBe(HttpStatusCode.RequestUriTooLong);
        foreach (var request in new[] { $"GET {target} HTTP/1.1\r\n\r\n", $"GET {target} HTTP/1.1\r\nHost: a b\r\n\r\n", $"GET {target}\0 HTTP/1.1\r\nHost: a\r\n\r\n" })
        {
            using var connection = new TcpClient();
            await connection.ConnectAsync(balancer.Address.Host, balancer.Address.Port);
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
            using var answer = new StreamReader(connection.GetStream());
            (await answer.ReadLineAsync()).ShouldBe("HTTP/1.1 400 Bad Request");
        }

        await service.Process.Kill();
        (await client.GetAsync(target)).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        var log = "";
        await Eventually.Holds(async () => (log = await balancer.ReadLog()).Contains("GET 502", StringComparison.Ordinal), "nginx logs the failure");
        log.ShouldNotContain("MARKER");
        log.ShouldNotContain("link=");
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
