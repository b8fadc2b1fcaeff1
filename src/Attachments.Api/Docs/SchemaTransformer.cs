using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>Corrects what the generator cannot see in a type: which members are left out, and what is written by hand.</summary>
internal sealed class SchemaTransformer : IOpenApiSchemaTransformer
{
    // Where the generator notes that a member which will be a reference can be null.
    private const string NullableReference = "x-is-nullable-property";

    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Dictionary)
        {
            schema.AdditionalProperties ??= new OpenApiSchema();
        }

        foreach (var property in context.JsonTypeInfo.Properties)
        {
            if (schema.Properties is null || !schema.Properties.TryGetValue(property.Name, out var member))
            {
                continue;
            }

            if (Find<JsonIgnoreAttribute>(property) is { Condition: JsonIgnoreCondition.WhenWritingNull })
            {
                schema.Required?.Remove(property.Name);
                RemoveNull(member);
            }

            if (Find<SchemaAttribute>(property) is { } described)
            {
                schema.Properties[property.Name] = await Schema(described, member.Description, context, cancellationToken);
            }
        }
    }

    private static async Task<OpenApiSchema> Schema(
        SchemaAttribute described, string? description, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(described.Type, cancellationToken: cancellationToken);
        schema.Description = description;
        if (described.WithOptionalMembers && schema.Items is OpenApiSchema item)
        {
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = item.Properties };
        }

        return schema;
    }

    private static T? Find<T>(JsonPropertyInfo property)
        where T : Attribute =>
        property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true).Cast<T>().SingleOrDefault();

    private static void RemoveNull(IOpenApiSchema member)
    {
        if (member is OpenApiSchema inline)
        {
            inline.Type &= ~JsonSchemaType.Null;
            inline.Metadata?.Remove(NullableReference);
        }
    }
}
