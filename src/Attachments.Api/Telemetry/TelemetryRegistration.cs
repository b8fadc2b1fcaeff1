using Attachments.Api.Http.Logging;
using Attachments.Api.Settings;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Attachments.Api.Telemetry;

internal static class TelemetryRegistration
{
    public const string PrometheusPath = "/metrics";

    /// <summary>
    /// Those whose metrics are exported; docs/telemetry.md names them all. Of ASP.NET Core's meters two: that of routing counts probes as well.
    /// </summary>
    public static readonly string[] Meters =
    [
        ContentMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Net.Http",
        "System.Net.NameResolution", "System.Runtime",
    ];

    /// <summary>
    /// Exports metrics and traces by OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. OpenTelemetry's other variables configure it.
    /// Serves metrics for Prometheus if <c>Telemetry:Prometheus:Enabled</c> is set.
    /// </summary>
    /// <exception cref="ConfigurationException">The endpoint or the protocol is invalid.</exception>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        var exports = OtlpExport.IsEnabled(builder.Configuration);
        var serves = IsServed(builder.Configuration);
        if (!exports && !serves)
        {
            return builder;
        }

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(Describe).WithMetrics(Measure);
        if (exports)
        {
            telemetry.WithMetrics(metrics => metrics.AddOtlpExporter()).WithTracing(traces => Trace(traces).AddOtlpExporter());
        }

        if (serves)
        {
            telemetry.WithMetrics(metrics => Rename(metrics).AddPrometheusExporter());
        }

        return builder;
    }

    /// <summary><c>/metrics</c>, where <c>Telemetry:Prometheus:Enabled</c> is set. It is neither traced nor measured.</summary>
    public static void MapTelemetry(this WebApplication app)
    {
        if (IsServed(app.Configuration))
        {
            app.MapPrometheusScrapingEndpoint(PrometheusPath).AllowAnonymous().DisableHttpMetrics().WithMetadata(new QuietInLog());
        }
    }

    private static bool IsServed(IConfiguration configuration) =>
        SettingsSections.Read<TelemetryOptions>(configuration.GetSection(TelemetryOptions.Section)).Prometheus.Enabled;

    // The environment comes last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES override the name given here.
    private static void Describe(ResourceBuilder resource) =>
        resource
        .Clear()
        .AddTelemetrySdk()
        .AddService(OtlpExport.ServiceName, serviceVersion: OtlpExport.Version, serviceInstanceId: OtlpExport.InstanceId)
        .AddEnvironmentVariableDetector();

    private static void Measure(MeterProviderBuilder metrics) => metrics.AddMeter(Meters);

    // Prometheus keeps the ending _count for histograms.
    private static MeterProviderBuilder Rename(MeterProviderBuilder metrics) => metrics
        .AddView("db.client.connection.count", "db.client.connections")
        .AddView("dotnet.assembly.count", "dotnet.assemblies")
        .AddView("dotnet.process.cpu.count", "dotnet.process.cpus")
        .AddView("dotnet.timer.count", "dotnet.timers");

    private static TracerProviderBuilder Trace(TracerProviderBuilder traces) => traces
        .AddAspNetCoreInstrumentation(requests =>
        {
            requests.Filter = RequestSpan.IsTraced;
            requests.EnrichWithHttpRequest = (span, _) => RequestSpan.RemovePath(span);
            requests.EnrichWithHttpResponse = (span, response) => RequestSpan.Finish(span, response.HttpContext);
        })
        .AddHttpClientInstrumentation()
        .AddNpgsql();
}
