namespace Attachments.Api.Telemetry;

/// <summary>Section <c>Telemetry</c>: the metrics endpoint. OpenTelemetry's own environment variables configure what is exported.</summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    public PrometheusOptions Prometheus { get; init; } = new();
}

/// <summary>Section <c>Telemetry:Prometheus</c>.</summary>
internal sealed class PrometheusOptions
{
    /// <summary>
    /// Serves <c>/metrics</c>. It needs no token and has the same address as the service, so anyone who can reach the service can read its
    /// metrics. Block it for clients outside your network.
    /// </summary>
    public bool Enabled { get; init; }
}
