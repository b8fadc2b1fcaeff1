using Attachments.Application.Errors;

namespace Attachments.Api.Telemetry;

internal static class TelemetryRegistration
{
    private const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ProtocolKey = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>
    /// Where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set: the export of metrics and traces by OTLP, governed by the variables that
    /// OpenTelemetry defines for it.
    /// </summary>
    /// <exception cref="ConfigurationException">The endpoint or the protocol is none.</exception>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        if (builder.Configuration[EndpointKey] is { Length: > 0 } endpoint)
        {
            RequireUsable(endpoint, builder.Configuration[ProtocolKey]);
            builder.Services.AddHostedService<TelemetryExport>();
        }

        return builder;
    }

    // The exporter itself takes its default for what it cannot read, without a word.
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
