using System.Globalization;
using System.Text.Json.Serialization;
using Attachments.Api.Http.Errors;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Attachments.Api.Http.JsonApi;

/// <summary>Errors as they are sent (JSON:API 1.1, "Errors").</summary>
/// <param name="Errors">The errors.</param>
/// <param name="Meta">Further information.</param>
internal sealed record JsonApiErrors(IReadOnlyList<JsonApiError> Errors, JsonApiErrorMeta Meta)
{
    /// <summary>The faulty part of a request, by error code. Fields named by the problem take precedence.</summary>
    private static readonly Dictionary<string, JsonApiErrorSource> Sources = new(StringComparer.Ordinal)
    {
        ["unauthenticated"] = new(Header: HeaderNames.Authorization),
        ["not_acceptable"] = new(Header: HeaderNames.Accept),
        ["media_type_unsupported"] = new(Header: HeaderNames.ContentType),
        ["content_encoding_unsupported"] = new(Header: HeaderNames.ContentEncoding),
        ["range_not_satisfiable"] = new(Header: HeaderNames.Range),
        ["type_conflict"] = new(Pointer: "/data/type"),
        ["id_invalid"] = new(Pointer: "/data/id"),
        ["id_conflict"] = new(Pointer: "/data/id"),
        ["record_exists"] = new(Pointer: "/data"),
        ["attributes_invalid"] = new(Pointer: "/data/attributes"),
        ["attributes_too_large"] = new(Pointer: "/data/attributes"),
    };

    public static JsonApiErrors From(Problem problem, string traceId)
    {
        var errors = problem.Errors is { Count: > 0 } fields
            ? fields.SelectMany(field => field.Value.Select(
                message => Error(problem, FormatDetail(problem, field.Key, message), GetSource(problem, field.Key))))
            : [Error(problem, problem.Detail, Sources.GetValueOrDefault(problem.Code))];
        return new JsonApiErrors([.. errors], new JsonApiErrorMeta(traceId));
    }

    private static JsonApiError Error(Problem problem, string? detail, JsonApiErrorSource? source)
    {
        var title = ReasonPhrases.GetReasonPhrase(problem.Status) is { Length: > 0 } phrase ? phrase : "Error";
        var links = problem.Type is { } type ? new JsonApiErrorLinks(type) : null;
        return new JsonApiError(problem.Status.ToString(CultureInfo.InvariantCulture), problem.Code, title, detail ?? title, source, links);
    }

    // A field of a document is named by a JSON pointer (RFC 6901); the document itself by an empty one. Any other is a parameter.
    private static JsonApiErrorSource GetSource(Problem problem, string field) => IsDocumentError(problem)
        ? new JsonApiErrorSource(Pointer: field)
        : new JsonApiErrorSource(Parameter: field);

    private static string FormatDetail(Problem problem, string field, string message)
    {
        if (!IsDocumentError(problem))
        {
            return $"The parameter '{field}' {message}.";
        }

        return field.Length == 0 ? $"The document {message}." : $"The document's '{field}' {message}.";
    }

    private static bool IsDocumentError(Problem problem) => problem.Code == JsonApiDocument.InvalidCode;
}

/// <summary>An error object.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Stable and machine-readable: <c>record_exists</c>. Branch on this, never on the words.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Detail">A sentence on this occurrence.</param>
/// <param name="Source">What in the request is at fault, where it can be named.</param>
/// <param name="Links">Where the kind of problem is registered, if it is.</param>
internal sealed record JsonApiError(
    string Status,
    string Code,
    string Title,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonApiErrorSource? Source = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonApiErrorLinks? Links = null);

/// <summary>The links of an error.</summary>
/// <param name="Type">The registered type of problem (RFC 9457).</param>
internal sealed record JsonApiErrorLinks(string Type);

/// <summary>The part of the request that is invalid: one of the three.</summary>
/// <param name="Pointer">Into the document, as a JSON pointer.</param>
/// <param name="Parameter">A query parameter.</param>
/// <param name="Header">A header field.</param>
internal sealed record JsonApiErrorSource(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Pointer = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Parameter = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Header = null);

/// <summary>Further information about an error.</summary>
/// <param name="TraceId">Names the request in the service's logs and traces.</param>
internal sealed record JsonApiErrorMeta([property: JsonPropertyName("traceId")] string TraceId);
