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
    private const string ServiceName = "attachments";
    private const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ProtocolKey = "OTEL_EXPORTER_OTLP_PROTOCOL";
    public const string PrometheusPath = "/metrics";

    /// <summary>
    /// Exports metrics and traces by OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. OpenTelemetry's other variables configure it.
    /// Serves metrics for Prometheus if <c>Telemetry:Prometheus:Enabled</c> is set.
    /// </summary>
    /// <exception cref="ConfigurationException">The endpoint or the protocol is invalid.</exception>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        var exports = IsExported(builder.Configuration);
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
            telemetry.WithMetrics(metrics => metrics.AddPrometheusExporter());
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

    // The exporter itself silently uses its default for a value that it cannot read.
    private static bool IsExported(ConfigurationManager configuration)
    {
        if (configuration[EndpointKey] is not { Length: > 0 } endpoint)
        {
            return false;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new ConfigurationException($"{EndpointKey} is not an http or https address: {endpoint}.");
        }

        if (configuration[ProtocolKey] is { Length: > 0 } protocol and not ("grpc" or "http/protobuf"))
        {
            throw new ConfigurationException($"{ProtocolKey} must be grpc or http/protobuf, not {protocol}.");
        }

        return true;
    }

    // The environment comes last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES override the name given here.
    private static void Describe(ResourceBuilder resource) =>
        resource.Clear().AddTelemetrySdk().AddService(ServiceName).AddEnvironmentVariableDetector();

    // Of ASP.NET Core's meters two: instrumentation would add that of routing, which counts probes as well.
    private static void Measure(MeterProviderBuilder metrics) => metrics
        .AddMeter(ContentMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
        .AddHttpClientInstrumentation()
        .AddNpgsqlInstrumentation()
        .AddRuntimeInstrumentation();

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
