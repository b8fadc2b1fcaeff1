using System.Text.Json.Serialization;

namespace Attachments.Api.Health;

/// <summary>The health of the service: <c>healthy</c>, <c>degraded</c> (it serves, with restrictions) or <c>unhealthy</c>.</summary>
/// <param name="Status">The worst status of all checks.</param>
/// <param name="Checks">The checks by name; absent if there were none, or if they did not finish in time.</param>
internal sealed record HealthBody(
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Checks = null);
