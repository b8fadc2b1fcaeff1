using Attachments.Application.Content.Blobs;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Attachments.Api.Telemetry;

/// <summary>Exports metrics and traces, from before the first request until after the last.</summary>
internal sealed class TelemetryExport(IConfiguration configuration) : IHostedLifecycleService, IDisposable
{
    private const string ServiceName = "attachments";

    private static readonly string[] Meters =
        [ContentMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql"];

    private static readonly string[] Sources = ["Microsoft.AspNetCore", "Npgsql"];

    private MeterProvider? metrics;
    private TracerProvider? traces;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .SetResourceBuilder(Resource())
            .AddMeter(Meters)
            .AddOtlpExporter()
            .Build();
        traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .SetResourceBuilder(Resource())
            .AddSource(Sources)
            .AddOtlpExporter()
            .Build();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Sends the remaining data. A collector that does not answer delays this for some seconds at most.</summary>
    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
        traces = null;
        metrics = null;
    }

    // The environment comes last, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES override the name given here.
    private static ResourceBuilder Resource() =>
        ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddService(ServiceName).AddEnvironmentVariableDetector();
}
