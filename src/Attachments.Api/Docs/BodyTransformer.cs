using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>Adds the bodies that actions read and write by hand, as their attributes describe them, to the OpenAPI document.</summary>
internal sealed class BodyTransformer : IOpenApiOperationTransformer
{
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
        if (metadata.OfType<VersionedAttribute>().Any())
        {
            operation.Responses["304"] = new OpenApiResponse { Description = "Not modified: the caller already has the current version." };
        }

        if (metadata.OfType<DownloadAttribute>().SingleOrDefault() is { } download)
        {
            Describe(download, operation.Responses, HttpMethods.IsHead(context.Description.HttpMethod ?? ""));
        }

        foreach (var example in metadata.OfType<ResponseExampleAttribute>())
        {
            SetExample(example, operation.Responses[example.Status.ToString(CultureInfo.InvariantCulture)]);
        }

        foreach (var response in metadata.OfType<DocumentResponseAttribute>())
        {
            operation.Responses[response.Status.ToString(CultureInfo.InvariantCulture)] = Response(response);
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
            content[body.MediaType] = new OpenApiMediaType
            {
                Schema = await Schema(body, context, cancellationToken),
                Example = body.Example is null ? null : JsonNode.Parse(body.Example),
            };
        }

        var descriptions = bodies.Select(body => body.Description).OfType<string>().Distinct();
        return new OpenApiRequestBody { Required = true, Description = string.Join("\n\n", descriptions), Content = content };
    }

    private static async Task<IOpenApiSchema> Schema(
        RequestBodyAttribute body, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (body.Type is not null)
        {
            return await context.GetOrCreateSchemaAsync(body.Type, cancellationToken: cancellationToken);
        }

        if (body.File is not null)
        {
            return FormWithFile(body, body.File);
        }

        return IsDocument(body.MediaType) ? new OpenApiSchema { Type = JsonSchemaType.Object } : Binary();
    }

    private static OpenApiSchema FormWithFile(RequestBodyAttribute body, string file)
    {
        var properties = new Dictionary<string, IOpenApiSchema> { [file] = Binary() };
        foreach (var field in body.Fields)
        {
            properties[field] = new OpenApiSchema { Type = JsonSchemaType.String };
        }

        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = body.FileIsOptional ? null : new HashSet<string> { file },
            Properties = properties,
        };
    }

    /// <summary>HEAD has no range and no body.</summary>
    private static void Describe(DownloadAttribute download, OpenApiResponses responses, bool toHead)
    {
        if (toHead)
        {
            responses["200"] = new OpenApiResponse { Description = "The file exists." };
            return;
        }

        responses["200"] = Bytes(download, "The file.");
        responses["206"] = Bytes(download, "The requested range.");
    }

    private static OpenApiResponse Bytes(DownloadAttribute download, string description) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { [download.MediaType] = new() { Schema = Binary() } },
    };

    private static OpenApiResponse Response(DocumentResponseAttribute response) => new()
    {
        Description = response.Description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [response.MediaType] = new()
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.Object },
                Example = JsonNode.Parse(response.Example),
            },
        },
    };

    private static bool IsDocument(string mediaType) =>
        mediaType is "application/x-www-form-urlencoded" or "multipart/form-data"
        || mediaType.EndsWith("json", StringComparison.Ordinal);

    private static OpenApiSchema Binary() => new() { Type = JsonSchemaType.String, Format = "binary" };
}
