using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>Describes a query parameter that an action reads off the request by itself, so that nothing binds it.</summary>
/// <param name="name">As it is sent.</param>
/// <param name="type">Of its value.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class QueryParameterAttribute(string name, JsonSchemaType type) : Attribute
{
    public string Name { get; } = name;

    public JsonSchemaType Type { get; } = type;

    public required string Description { get; init; }

    /// <summary>The least number; null for any. In text, as OpenAPI has it.</summary>
    public string? Minimum { get; init; }

    /// <summary>The greatest number; null for any. In text, as OpenAPI has it.</summary>
    public string? Maximum { get; init; }

    /// <summary>The values there are; none for any.</summary>
    public string[] Values { get; init; } = [];
}
