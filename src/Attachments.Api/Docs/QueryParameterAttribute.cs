using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>Describes a query parameter that an action reads from the request itself, without model binding.</summary>
/// <param name="name">The name in the query.</param>
/// <param name="type">The type of its value.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class QueryParameterAttribute(string name, JsonSchemaType type) : Attribute
{
    public string Name { get; } = name;

    public JsonSchemaType Type { get; } = type;

    public required string Description { get; init; }

    /// <summary>The minimum, as text (the form that OpenAPI uses); null for none.</summary>
    public string? Minimum { get; init; }

    /// <summary>The maximum, as text (the form that OpenAPI uses); null for none.</summary>
    public string? Maximum { get; init; }

    /// <summary>The allowed values; empty for any.</summary>
    public string[] Values { get; init; } = [];
}
