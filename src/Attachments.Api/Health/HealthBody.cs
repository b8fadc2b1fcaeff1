using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attachments.Api.Health;

/// <summary>The health of the service: <c>healthy</c>, <c>degraded</c> (it serves, with restrictions) or <c>unhealthy</c>.</summary>
/// <param name="Status">The worst status of all checks.</param>
/// <param name="Checks">The checks by name; absent if there were none, or if they did not finish in time.</param>
internal sealed record HealthBody(
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Checks = null)
{
    public const string Unhealthy = "unhealthy";

    public static HealthBody From(HealthStatus status) => new(WordFor(status));

    public static HealthBody From(HealthReport report) =>
        new(WordFor(report.Status), report.Entries.ToDictionary(entry => entry.Key, entry => WordFor(entry.Value.Status)));

    private static string WordFor(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => Unhealthy,
    };
}
