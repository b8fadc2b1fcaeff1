using Attachments.Application.Errors;

namespace Attachments.Api.Telemetry;

internal static class TelemetryRegistration
{
    private const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ProtocolKey = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>
    /// Exports metrics and traces by OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. OpenTelemetry's other variables configure
    /// it.
    /// </summary>
    /// <exception cref="ConfigurationException">The endpoint or the protocol is invalid.</exception>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        if (builder.Configuration[EndpointKey] is { Length: > 0 } endpoint)
        {
            RequireUsable(endpoint, builder.Configuration[ProtocolKey]);
            builder.Services.AddHostedService<TelemetryExport>();
        }

        return builder;
    }

    // The exporter itself silently uses its default for a value that it cannot read.
    private static void RequireUsable(string endpoint, string? protocol)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new ConfigurationException($"{EndpointKey} is not an http or https address: {endpoint}.");
        }

        if (protocol is not (null or "" or "grpc" or "http/protobuf"))
        {
            throw new ConfigurationException($"{ProtocolKey} must be grpc or http/protobuf, not {protocol}.");
        }
    }
}
