using Attachments.Api.Http.Errors;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>Says of every operation that wants a token that it does, and what its errors look like.</summary>
internal sealed class ErrorTransformer : IOpenApiOperationTransformer, IOpenApiDocumentTransformer
{
    private const string Scheme = "bearer";
    private const string ProblemSchema = "Problem";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
        {
            return Task.CompletedTask;
        }

        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
        operation.Responses ??= [];
        operation.Responses.TryAdd("default", new OpenApiResponse
        {
            Description = "An error, as problem details (RFC 9457).",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ProblemBody.MediaType] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, context.Document) },
            },
        });
        return Task.CompletedTask;
    }

    public async Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(ProblemBody), cancellationToken: cancellationToken);
        document.AddComponent<IOpenApiSchema>(ProblemSchema, schema);
        document.AddComponent<IOpenApiSecurityScheme>(Scheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "A JSON Web Token whose sub names the user. For development the verb token makes one.",
        });
    }
}
