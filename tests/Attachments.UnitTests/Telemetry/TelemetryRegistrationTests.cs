using System.Net;
using System.Text.RegularExpressions;
using Attachments.Api.Callers;
using Attachments.Api.Http.Logging;
using Attachments.Api.Telemetry;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Testing;
using Attachments.UnitTests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Attachments.UnitTests.Telemetry;

public sealed class TelemetryRegistrationTests
{
    private static readonly string[] Metrics =
    [
        "attachments.uploads", "attachments.upload.bytes", "attachments.upload.duration",
        "attachments.downloads", "attachments.download.bytes", "attachments.download.duration",
        "attachments.sweep.blobs", "attachments.sweep.bytes", "attachments.blobs",
        "http.server.request.duration", "kestrel.active_connections",
    ];

    private static readonly string[] Prometheus =
    [
        "attachments_uploads", "attachments_upload_bytes", "attachments_downloads", "attachments_sweep_blobs", "attachments_blobs",
        "http_server_request_duration_seconds", "kestrel_active_connections", "dotnet_gc_collections",
    ];

    [Test]
    public async Task Exports_all_that_happened_until_the_end()
    {
        await using var collector = await Collector.Start();
        await using (var api = await SmallApi.Start(builder => builder.Configuration.AddInMemoryCollection(Settings(collector.Endpoint))))
        {
            await api.As(new TokenRequest("alice")).Client.GetAsync("/samples/refused/conflict");
            Use(api.Services.GetRequiredService<ContentMetrics>());
            await api.Stop();
        }

        var metrics = collector.At("/v1/metrics");
        Metrics.ShouldAllBe(name => metrics.Contains(name, StringComparison.Ordinal));
        foreach (var value in new[] { "stored", "received", "failed", "small", "chunked", "released", "abandoned", "pending", "records", "whole" })
        {
            metrics.ShouldContain(value);
        }

        var traces = collector.At("/v1/traces");
        traces.ShouldContain("samples/refused/{kind}");
        traces.ShouldNotContain("samples/refused/conflict");
        ShouldNameTheService(metrics, "attachments");
        ShouldNameTheService(traces, "attachments");
        foreach (var posted in new[] { metrics, traces })
        {
            posted.ShouldMatch($"(?s)service\\.version.{{4}}{Regex.Escape(OtlpExport.Version)}");
            posted.ShouldContain(OtlpExport.InstanceId);
        }

        collector.Headers().ShouldBe(["letmein"]);
    }

    [Test]
    public async Task Leaves_health_out()
    {
        await using var collector = await Collector.Start();
        await using (var api = await SmallApi.Start(builder => builder.Configuration.AddInMemoryCollection(Settings(collector.Endpoint))))
        {
            (await api.Client.GetAsync("/health/ready")).EnsureSuccessStatusCode();
            await api.Client.GetAsync("/samples/caller");
            await api.Stop();
        }

        collector.At("/v1/traces").ShouldContain("samples/caller");
        collector.At("/v1/traces").ShouldNotContain("health");
        collector.At("/v1/metrics").ShouldNotContain("health");
    }

    [Test]
    public async Task Takes_the_name_that_the_environment_gives()
    {
        await using var collector = await Collector.Start();
        await using (var api = await SmallApi.Start(builder =>
        {
            builder.Configuration.AddInMemoryCollection(Settings(collector.Endpoint));
            builder.Configuration["OTEL_SERVICE_NAME"] = "files-of-berlin";
        }))
        {
            await api.Client.GetAsync("/samples/caller");
            await api.Stop();
        }

        ShouldNameTheService(collector.At("/v1/metrics"), "files-of-berlin");
    }

    [Test]
    public async Task Exports_nothing_unless_told_where_to()
    {
        await using var api = await SmallApi.Start();
        api.Services.GetService<MeterProvider>().ShouldBeNull();
        api.Services.GetService<TracerProvider>().ShouldBeNull();
        Use(api.Services.GetRequiredService<ContentMetrics>());
    }

    [TestCase("localhost:4317", "grpc")]
    [TestCase("collector", null)]
    [TestCase("http://collector:4318", "http/json")]
    public void Refuses_to_export_to_nowhere(string endpoint, string? protocol)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        builder.Configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        Should.Throw<ConfigurationException>(() => builder.AddTelemetry()).Message.ShouldContain("OTEL_EXPORTER_OTLP_");
    }

    [Test]
    public async Task Says_of_a_response_that_was_cut_off_what_it_would_have_answered()
    {
        await using var collector = await Collector.Start();
        await using (var api = await SmallApi.Start(builder => builder.Configuration.AddInMemoryCollection(Settings(collector.Endpoint))))
        {
            await Should.ThrowAsync<HttpRequestException>(api.As(new TokenRequest("alice")).Client.GetAsync("/samples/cut-off/unknown"));
            await api.Stop();
        }

        // The tag's value is a string of three letters (a length, a kind, a length).
        collector.At("/v1/traces").ShouldMatch("(?s)error\\.type.{4}500");
    }

    [Test]
    public async Task Serves_metrics_to_prometheus_where_it_is_told_to()
    {
        await using var api = await SmallApi.Start(builder => builder.Configuration["Telemetry:Prometheus:Enabled"] = "true");
        Use(api.Services.GetRequiredService<ContentMetrics>());
        await api.Client.GetAsync("/samples/caller");

        // A request is counted when it has ended, which its client may see before.
        var metrics = "";
        await Eventually.Holds(
            async () => (metrics = await api.Client.GetStringAsync("/metrics")).Contains(
                "http_route=\"samples/caller\"", StringComparison.Ordinal),
            "the request is counted");
        Prometheus.ShouldAllBe(name => metrics.Contains(name, StringComparison.Ordinal));
        metrics.ShouldNotContain("/metrics");
    }

    [TestCase(null)]
    [TestCase("false")]
    public async Task Serves_no_metrics_unless_told_to(string? enabled)
    {
        await using var api = await SmallApi.Start(builder => builder.Configuration["Telemetry:Prometheus:Enabled"] = enabled);
        (await api.Client.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Dictionary<string, string?> Settings(string endpoint) => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-key=letmein",
    };

    private static void Use(ContentMetrics metrics)
    {
        metrics.RecordUpload(UploadPath.Small, 10, TimeSpan.FromMilliseconds(5));
        metrics.RecordUpload(UploadPath.Chunked, 10, TimeSpan.FromMilliseconds(5));
        metrics.RecordFailedUpload(TimeSpan.FromSeconds(1));
        metrics.RecordDownload(FileFamily.Records, DownloadOutcome.Whole, 10, TimeSpan.FromMilliseconds(5));
        metrics.RecordReclaimed(ReclaimReason.Released, 1, 10);
        metrics.RecordReclaimed(ReclaimReason.Abandoned, 1, 10);
        metrics.RecordCount(BlobKind.Pending, 1);
        metrics.RecordCount(BlobKind.Stored, 2);
        metrics.RecordCount(BlobKind.Released, 3);
    }

    // An attribute is its key, two tags with a length each, and its value.
    private static void ShouldNameTheService(string posted, string name) => posted.ShouldMatch($"(?s)service\\.name.{{4}}{name}");
}
