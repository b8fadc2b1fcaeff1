using System.Text.Json.Serialization;

namespace Attachments.Api.Http.Errors;

/// <summary>Problem details (RFC 9457) as they are sent.</summary>
/// <param name="Type">
/// <c>about:blank</c>, unless a type is registered for the problem: the status says what kind of problem it is, and the code which one.
/// </param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status, again.</param>
/// <param name="Code">Stable and machine-readable: <c>session_not_found</c>. Branch on this, never on the words.</param>
/// <param name="TraceId">Names the request in the service's logs and traces.</param>
/// <param name="Detail">One sentence on this occurrence.</param>
/// <param name="Errors">Field to messages, where the fault lies in fields.</param>
/// <param name="ExpectedOffset">Where an upload goes on, in bytes.</param>
/// <param name="ProvidedOffset">Where the request goes on.</param>
internal sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Code,
    string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors = null,
    [property: JsonPropertyName("expected-offset")]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ExpectedOffset = null,
    [property: JsonPropertyName("provided-offset")]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ProvidedOffset = null)
{
    public const string MediaType = "application/problem+json";
}
