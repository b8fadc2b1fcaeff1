using System.Globalization;
using System.Text.Json.Nodes;
using Attachments.Api.Http.Media;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>Adds the bodies that actions read and write by hand, as their attributes describe them, to the OpenAPI document.</summary>
internal sealed class BodyTransformer : IOpenApiOperationTransformer
{
    // Where the generator notes what a component is to be called.
    private const string GeneratedName = "x-schema-id";

    private const string Ok = "200";

    public async Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var requests = metadata.OfType<RequestBodyAttribute>().ToList();
        if (requests.Count > 0)
        {
            operation.RequestBody = await RequestBody(requests, context, cancellationToken);
        }

        operation.Responses ??= [];
        if (metadata.OfType<DownloadAttribute>().SingleOrDefault() is { } download)
        {
            Describe(download, operation.Responses, HttpMethods.IsHead(context.Description.HttpMethod ?? ""));
        }

        foreach (var example in metadata.OfType<ResponseExampleAttribute>())
        {
            SetExample(example, operation.Responses[example.Status.ToString(CultureInfo.InvariantCulture)]);
        }

        if (metadata.OfType<StreamedResponseAttribute>().SingleOrDefault() is { } stream
            && operation.Responses[Ok]?.Content is { Count: > 0 } content)
        {
            content[MediaTypes.EventStream] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Example = JsonValue.Create(stream.Example),
            };
        }

        foreach (var response in metadata.OfType<DocumentResponseAttribute>())
        {
            operation.Responses[response.Status.ToString(CultureInfo.InvariantCulture)] =
                Response(response, await Reference(response.Type, context, cancellationToken));
        }
    }

    private static void SetExample(ResponseExampleAttribute example, IOpenApiResponse? response)
    {
        foreach (var content in response?.Content?.Values ?? [])
        {
            content.Example = JsonNode.Parse(example.Example);
        }
    }

    private static async Task<OpenApiRequestBody> RequestBody(
        List<RequestBodyAttribute> bodies, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var content = new Dictionary<string, OpenApiMediaType>();
        foreach (var body in bodies)
        {
            content[body.MediaType] = await MediaType(body, context, cancellationToken);
        }

        var descriptions = bodies.Select(body => body.Description).OfType<string>().Distinct();
        return new OpenApiRequestBody { Required = true, Description = string.Join("\n\n", descriptions), Content = content };
    }

    private static async Task<OpenApiMediaType> MediaType(
        RequestBodyAttribute body, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (body.Type is null)
        {
            return new OpenApiMediaType { Schema = Binary() };
        }

        var example = body.Example is null ? null : JsonNode.Parse(body.Example);
        if (!body.MediaType.EndsWith("json", StringComparison.Ordinal))
        {
            var form = await context.GetOrCreateSchemaAsync(body.Type, cancellationToken: cancellationToken);
            SetFieldExamples(form, example as JsonObject);
            return new OpenApiMediaType { Schema = form };
        }

        return new OpenApiMediaType { Schema = await Reference(body.Type, context, cancellationToken), Example = example };
    }

    /// <summary>The page puts the example of each field into its input, from which an empty one is not sent.</summary>
    private static void SetFieldExamples(OpenApiSchema form, JsonObject? example)
    {
        foreach (var (name, field) in form.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (field is OpenApiSchema inline && example?[name] is { } value)
            {
#pragma warning disable CS0618 // The page does not read "examples".
                inline.Example = value.DeepClone();
#pragma warning restore CS0618
            }
        }
    }

    private static async Task<IOpenApiSchema> Reference(
        Type type, OpenApiOperationTransformerContext context, CancellationToken cancellationToken) =>
        Register(await context.GetOrCreateSchemaAsync(type, cancellationToken: cancellationToken), type.Name, context.Document!);

    /// <summary>Makes a component of a schema, and of those in it, so that each has one name wherever it occurs.</summary>
    private static OpenApiSchemaReference Register(OpenApiSchema schema, string name, OpenApiDocument document)
    {
        foreach (var (property, value) in schema.Properties?.ToList() ?? [])
        {
            schema.Properties![property] = RegisterIfNamed(value, document);
        }

        document.AddComponent<IOpenApiSchema>(name, schema);
        return new OpenApiSchemaReference(name, document);
    }

    private static IOpenApiSchema RegisterIfNamed(IOpenApiSchema schema, OpenApiDocument document)
    {
        if (schema is not OpenApiSchema inline)
        {
            return schema;
        }

        if (inline.Items is { } item)
        {
            inline.Items = RegisterIfNamed(item, document);
        }

        object? name = null;
        inline.Metadata?.TryGetValue(GeneratedName, out name);
        return name is string { Length: > 0 } text ? Register(inline, text, document) : inline;
    }

    /// <summary>HEAD has no range and no body.</summary>
    private static void Describe(DownloadAttribute download, OpenApiResponses responses, bool toHead)
    {
        if (toHead)
        {
            responses[Ok] = new OpenApiResponse { Description = "The file exists." };
            return;
        }

        responses[Ok] = Bytes(download, "The file.");
        responses["206"] = Bytes(download, "The requested range.");
    }

    private static OpenApiResponse Bytes(DownloadAttribute download, string description) => new()
    {
        Description = description,
        Content = GetTypes(download).ToDictionary(type => type, _ => new OpenApiMediaType { Schema = Binary() }),
    };

    /// <summary>Of the file and, where that is of one type, of its preview.</summary>
    private static string[] GetTypes(DownloadAttribute download) =>
        download.MediaType == ServedType.Unknown ? [download.MediaType, "image/jpeg"] : [download.MediaType];

    private static OpenApiResponse Response(DocumentResponseAttribute response, IOpenApiSchema schema) => new()
    {
        Description = response.Description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [response.MediaType] = new()
            {
                Schema = schema,
                Example = JsonNode.Parse(response.Example),
            },
        },
    };

    private static OpenApiSchema Binary() => new() { Type = JsonSchemaType.String, Format = "binary" };
}
