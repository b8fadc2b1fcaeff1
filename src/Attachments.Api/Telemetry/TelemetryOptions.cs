namespace Attachments.Api.Telemetry;

/// <summary>
/// Section <c>Telemetry</c>: what can be asked of the service's metrics. What it exports is OpenTelemetry's own variables' to say.
/// </summary>
internal sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    public PrometheusOptions Prometheus { get; init; } = new();
}

/// <summary>Section <c>Telemetry:Prometheus</c>.</summary>
internal sealed class PrometheusOptions
{
    /// <summary>
    /// Serves <c>/metrics</c>. It wants no token and is served where everything else is: whoever reaches the service reads how much of what
    /// it does, so nothing outside of your network may be let through to it.
    /// </summary>
    public bool Enabled { get; init; }
}
