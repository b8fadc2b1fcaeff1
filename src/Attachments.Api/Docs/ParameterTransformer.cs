using System.Text.Json.Nodes;
using Attachments.Api.Http.JsonApi;
using Attachments.Application.Paging;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>
/// Adds the query parameters that are read by hand to the OpenAPI document: an action's own, and those that its attributes imply.
/// </summary>
internal sealed class ParameterTransformer : IOpenApiOperationTransformer
{
    private static readonly QueryParameterAttribute Disposition = new("disposition", JsonSchemaType.String)
    {
        Description = "Whether a browser may display the file: `inline` is honoured for types that cannot run script.",
        Values = ["attachment", "inline"],
    };

    private static readonly QueryParameterAttribute[] Page =
    [
        new(JsonApiQuery.SizeParameter, JsonSchemaType.Integer)
        {
            Description = "The largest number of items to return.",
            Minimum = "1",
            Maximum = $"{PageRequest.MaxSize}",
        },
        new(JsonApiQuery.AfterParameter, JsonSchemaType.String)
        {
            Description = "Where the previous page ended; taken from its `links.next`.",
        },
    ];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in GetParameters(context.Description.ActionDescriptor.EndpointMetadata))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(Describe(parameter));
        }

        return Task.CompletedTask;
    }

    private static IEnumerable<QueryParameterAttribute> GetParameters(IList<object> metadata) =>
    [
        .. metadata.OfType<QueryParameterAttribute>(),
        .. metadata.OfType<DownloadAttribute>().Any(download => download.MayBeInline)
            ? [Disposition]
            : Array.Empty<QueryParameterAttribute>(),
        .. metadata.OfType<JsonApiAttribute>().Any(jsonApi => jsonApi.Paged) ? Page : [],
    ];

    private static OpenApiParameter Describe(QueryParameterAttribute parameter) => new()
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Description = parameter.Description,
        Schema = new OpenApiSchema
        {
            Type = parameter.Type,
            Minimum = parameter.Minimum,
            Maximum = parameter.Maximum,
            Enum = parameter.Values.Length == 0 ? null : [.. parameter.Values.Select(value => (JsonNode)value)],
        },
    };
}
