using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>Gives every operation its id and its tag a description, and takes the bodies from the responses to HEAD (RFC 9110, section 9.3.2). It comes last.</summary>
internal sealed class OperationTransformer : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var method = context.Description.HttpMethod ?? HttpMethods.Get;
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<OperationAttribute>().SingleOrDefault() is { } named)
        {
            operation.OperationId = method.ToLowerInvariant() + named.Subject;
        }

        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<TagDescriptionAttribute>().SingleOrDefault() is { } tag)
        {
            var name = operation.Tags?.Single().Name;
            context.Document!.Tags!.Single(it => it.Name == name).Description = tag.Description;
        }

        if (HttpMethods.IsHead(method))
        {
            foreach (var response in operation.Responses?.Values.OfType<OpenApiResponse>() ?? [])
            {
                response.Content = null;
            }
        }

        return Task.CompletedTask;
    }
}
