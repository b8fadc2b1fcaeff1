using System.Text.Json.Nodes;
using Attachments.Api.Http.Downloads;
using Attachments.Api.Http.JsonApi;
using Attachments.Application.Paging;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>
/// Adds the query parameters that are read by hand to the OpenAPI document: an action's own, and those that its attributes imply. Describes
/// those whose comments the generator does not find.
/// </summary>
internal sealed class ParameterTransformer : IOpenApiOperationTransformer
{
    // The generator finds the comment of a parameter by its name, which is another one in the code.
    private static readonly Dictionary<string, (string Description, JsonNode? Example)> Renamed = new()
    {
        ["project_id"] = ("The project.", 7),
        ["session_id"] = ("The session's uuid.", "trip-42"),
        ["owned_by_org"] = ("Only attachments of this organisation.", null),
        ["owned_by_user"] = ("Only attachments of this user (a UUID).", null),
        ["form_type"] = ("Only changes of records of this form type.", null),
        ["Last-Event-ID"] = ("For a stream, instead of `after`: the `id` of the last event that arrived.", null),
        ["content_only"] = (
            "Deletes only the bytes; for administrators. The metadata stays with `s3_resource_deleted` set, and a download is answered 410.", null),
    };

    private static readonly QueryParameterAttribute Disposition = new("disposition", JsonSchemaType.String)
    {
        Description = "Whether a browser may display the file: `inline` is honoured for types that cannot run script.",
        Values = ["attachment", "inline"],
    };

    private static readonly QueryParameterAttribute Preview = new("preview", JsonSchemaType.String)
    {
        Description = "The name of a size, such as `thumb`, `small` or `large`: the response is a small JPEG that is made of the image, "
            + "upright and without its metadata, instead of the file. Its `ETag` is its own.",
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
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (Renamed.TryGetValue(parameter.Name ?? "", out var comment))
            {
                (parameter.Description, parameter.Example) = (comment.Description, comment.Example?.DeepClone());
            }
        }

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
        .. metadata.OfType<DownloadAttribute>().Any(download => download.MediaType != ArchiveResult.MediaType)
            ? [Preview]
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
