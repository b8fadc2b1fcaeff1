using System.Diagnostics;
using System.Reflection;
using Attachments.Application.Errors;

namespace Attachments.Api.Http.Logging;

/// <summary>Where logs, metrics and traces are exported to by OTLP. OpenTelemetry's own variables configure it.</summary>
internal static class OtlpExport
{
    public const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string ProtocolKey = "OTEL_EXPORTER_OTLP_PROTOCOL";
    public const string LogsKey = "OTEL_LOGS_EXPORTER";

    public const string ServiceName = "attachments";

    /// <summary>The same for logs, metrics and traces of this process.</summary>
    public static readonly string InstanceId = Guid.NewGuid().ToString();

    /// <summary>With the commit, if it was built from a repository: <c>1.0.0+5c78b47…</c>.</summary>
    public static string Version { get; } =
        typeof(OtlpExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? throw new UnreachableException();

    /// <summary>Whether <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. The exporters silently use their defaults for values that they cannot read.</summary>
    /// <exception cref="ConfigurationException">The endpoint or the protocol is invalid.</exception>
    public static bool IsEnabled(IConfiguration configuration)
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

    /// <summary>Whether logs are exported too; <c>OTEL_LOGS_EXPORTER=none</c> leaves them to standard output alone.</summary>
    /// <exception cref="ConfigurationException">As for <see cref="IsEnabled"/>.</exception>
    public static bool IncludesLogs(IConfiguration configuration) => IsEnabled(configuration) && configuration[LogsKey] != "none";
}
