using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Attachments.Api.Telemetry;
using Attachments.Application.Changes;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Previews;
using Attachments.Application.Webhooks;
using Attachments.Testing;
using Attachments.UnitTests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.UnitTests.Telemetry;

/// <summary><c>docs/telemetry.md</c> names every metric that is exported, with its unit, and no other.</summary>
public sealed partial class TelemetryPageTests
{
    [Test]
    public async Task Names_every_metric_with_its_unit()
    {
        var published = new ConcurrentDictionary<string, string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (TelemetryRegistration.Meters.Contains(instrument.Meter.Name))
                {
                    published[instrument.Name] = instrument.Unit ?? "";
                }
            },
        };
        listener.Start();

        // Those of clients and of name resolution exist from their first use on.
        await using var api = await SmallApi.Start(builder => builder.Configuration["Telemetry:Prometheus:Enabled"] = "true");
        api.Services.GetRequiredService<ContentMetrics>().ShouldNotBeNull();
        api.Services.GetRequiredService<FeedMetrics>().ShouldNotBeNull();
        api.Services.GetRequiredService<PreviewMetrics>().ShouldNotBeNull();
        api.Services.GetRequiredService<WebhookMetrics>().ShouldNotBeNull();
        await using var database = NpgsqlDataSource.Create("Host=localhost");
        await api.Client.GetAsync(new UriBuilder(api.Client.BaseAddress!) { Host = "localhost", Path = "/metrics" }.Uri);
        Documented().ShouldBe(published.OrderBy(metric => metric.Key, StringComparer.Ordinal));
    }

    private static IEnumerable<KeyValuePair<string, string>> Documented() => MetricRow()
        .Matches(File.ReadAllText(Repository.Find("docs/telemetry.md")))
        .Select(row => KeyValuePair.Create(row.Groups["name"].Value, row.Groups["unit"].Value))
        .OrderBy(metric => metric.Key, StringComparer.Ordinal);

    /// <summary>A row of a table: <c>| `name` | `unit` |</c>; a name has a dot in it.</summary>
    [GeneratedRegex(@"^\| `(?<name>[a-z_]+\.[a-z_.]+)` \| (`(?<unit>[^`]+)`)? *\|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();
}
