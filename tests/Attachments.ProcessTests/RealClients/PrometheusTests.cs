using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Attachments.ProcessTests.RealClients;

/// <summary>Prometheus with the configuration of <c>deploy/observe</c>.</summary>
[TestFixture]
internal sealed partial class PrometheusTests() : ClientFixture(new ClientProgram("prometheus", "prometheus"))
{
    private const string Observe = "deploy/observe";

    private static readonly ClientProgram Promtool = new("promtool", "prometheus");
    private static readonly ClientProgram Shell = new("sh", "dash");

    [OneTimeSetUp]
    public async Task Use()
    {
        Promtool.Require();
        foreach (var range in new[] { "bytes=0-", "bytes=5-9" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Url);
            request.Headers.Range = RangeHeaderValue.Parse(range);
            (await Service.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        }

        (await Stored("file")).Length.ShouldBe(Length);
        (await Service.Client.GetAsync(GetUrl("nothing"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Metrics_are_as_promtool_wants_them()
    {
        await File.WriteAllTextAsync(PathTo("metrics"), await Service.Client.GetStringAsync("/metrics"));
        var (exitCode, output, errors) = await Shell.Try(Directory, "-c", "promtool check metrics <metrics");
        (output + errors).ShouldBeEmpty();
        exitCode.ShouldBe(0);
    }

    [Test]
    public async Task The_configuration_and_the_alerts_are_valid() =>
        (await Promtool.Run(Directory, "check", "config", Repository.Find($"{Observe}/prometheus.yml"))).ShouldContain("rules found");

    [Test]
    public async Task Scrapes_the_service_and_answers_what_the_dashboard_asks()
    {
        var configuration = await File.ReadAllTextAsync(Repository.Find($"{Observe}/prometheus.yml"));
        var target = $"static_configs:\n      - targets: ['{Service.Address.Authority}']";
        configuration = Targets().Replace(configuration, target).Replace("15s", "1s", StringComparison.Ordinal);
        await File.WriteAllTextAsync(PathTo("prometheus.yml"), configuration);
        File.Copy(Repository.Find($"{Observe}/alerts.yml"), PathTo("alerts.yml"));
        var port = FreePort();
        using var prometheus = Program.Start(
            Directory, "--config.file=prometheus.yml", "--storage.tsdb.path=data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error");
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            var queries = Queries().ToList();
            queries.Count.ShouldBeGreaterThan(10);

            // A rate needs two scrapes. Blobs are counted by the first sweep, a minute after the start.
            foreach (var query in queries)
            {
                await Eventually.Holds(
                    async () => await Count(client, query) > 0 || query.Contains("attachments_blobs", StringComparison.Ordinal),
                    $"Prometheus knows nothing of {query}");
            }

            (await Count(client, "ALERTS{alertname='AttachmentsDown'}")).ShouldBe(0);
            (await Count(client, "up{job='attachments'} == 1")).ShouldBe(1);
        }
        finally
        {
            prometheus.Kill(entireProcessTree: true);
            await prometheus.WaitForExitAsync();
        }
    }

    protected override ServiceSettings Settings(ServiceSettings settings) => settings.With("Telemetry:Prometheus:Enabled", "true");

    private static IEnumerable<string> Queries() =>
        JsonNode.Parse(File.ReadAllText(Repository.Find($"{Observe}/grafana/attachments.json")))!["panels"]!.AsArray()
            .SelectMany(panel => panel!["targets"]!.AsArray())
            .Select(target => ((string)target!["expr"]!).Replace("$__rate_interval", "1m", StringComparison.Ordinal));

    /// <summary>How many series a query finds; none while Prometheus is starting.</summary>
    private static async Task<int> Count(HttpClient client, string query)
    {
        try
        {
            using var body = new FormUrlEncodedContent([KeyValuePair.Create("query", query)]);
            using var response = await client.PostAsync("/api/v1/query", body);
            var text = await response.Content.ReadAsStringAsync();
            response.StatusCode.ShouldNotBe(HttpStatusCode.BadRequest, text);
            return response.IsSuccessStatusCode ? JsonNode.Parse(text)!["data"]!["result"]!.AsArray().Count : 0;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"dns_sd_configs:\n.*")]
    private static partial Regex Targets();
}
