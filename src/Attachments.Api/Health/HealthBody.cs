using System.Text.Json.Serialization;

namespace Attachments.Api.Health;

/// <summary>How the service is: <c>healthy</c>, <c>degraded</c> (it serves, with something amiss) or <c>unhealthy</c>.</summary>
/// <param name="Status">The worst of all checks.</param>
/// <param name="Checks">Each check by name; absent where none was made, or they did not end in time.</param>
internal sealed record HealthBody(
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Checks = null);
