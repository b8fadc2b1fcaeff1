using System.Text.Json.Serialization;

namespace Attachments.Api.Http.Errors;

/// <summary>Problem details (RFC 9457) as they are sent.</summary>
/// <param name="Type">Always <c>about:blank</c>: the status says what kind of problem it is, and the code which one.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status, again.</param>
/// <param name="Code">Stable and machine-readable: <c>session_not_found</c>. Branch on this, never on the words.</param>
/// <param name="TraceId">Names the request in the service's logs and traces.</param>
/// <param name="Detail">One sentence on this occurrence.</param>
/// <param name="Errors">Field to messages, where the fault lies in fields.</param>
internal sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Code,
    string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors = null)
{
    public const string MediaType = "application/problem+json";
}
