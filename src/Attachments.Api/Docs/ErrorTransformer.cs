using Attachments.Api.Http.Errors;
using Attachments.Api.Http.JsonApi;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>Adds the security requirement and the error responses to every operation that requires a token.</summary>
internal sealed class ErrorTransformer : IOpenApiOperationTransformer, IOpenApiDocumentTransformer
{
    private const string Scheme = "bearer";
    private const string ProblemSchema = "Problem";
    private const string JsonApiErrorsSchema = "JsonApiErrors";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
        {
            return Task.CompletedTask;
        }

        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
        operation.Responses ??= [];
        var (description, mediaType, schema) = IsJsonApi(context.Description)
            ? ("An error, as error objects (JSON:API 1.1); 404 has no body.", JsonApiMediaType.Name, JsonApiErrorsSchema)
            : ("An error, as problem details (RFC 9457).", ProblemBody.MediaType, ProblemSchema);
        operation.Responses.TryAdd("default", Errors(description, mediaType, schema, context.Document));
        foreach (var (status, why) in DescribeErrors(context.Description))
        {
            operation.Responses.TryAdd(status, Errors(why, mediaType, schema, context.Document));
        }

        return Task.CompletedTask;
    }

    public async Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.AddComponent<IOpenApiSchema>(
            ProblemSchema, await context.GetOrCreateSchemaAsync(typeof(ProblemBody), cancellationToken: cancellationToken));
        document.AddComponent<IOpenApiSchema>(
            JsonApiErrorsSchema, await context.GetOrCreateSchemaAsync(typeof(JsonApiErrors), cancellationToken: cancellationToken));
        document.AddComponent<IOpenApiSecurityScheme>(Scheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "A JSON Web Token whose sub names the user. In development the command token prints one.",
        });
    }

    /// <summary>
    /// The responses to preconditions and ranges. Every write accepts preconditions, and so does every read that has versions.
    /// </summary>
    private static IEnumerable<(string Status, string Why)> DescribeErrors(ApiDescription description)
    {
        var method = description.HttpMethod ?? HttpMethods.Get;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            yield return ("412", "`If-Match`, `If-None-Match` or `If-Unmodified-Since` does not hold; nothing was changed.");
            yield break;
        }

        var metadata = description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<VersionedAttribute>().Any())
        {
            yield return ("412", "`If-Match` or `If-Unmodified-Since` does not hold.");
        }

        if (!metadata.OfType<DownloadAttribute>().Any())
        {
            yield break;
        }

        yield return (
            "410", "`content_missing`: the file's bytes are not there. `content_gone`: they were deleted, and only the metadata is left.");
        if (HttpMethods.IsGet(method))
        {
            yield return ("416", "The range contains no byte of the file; `Content-Range` has its length.");
        }
    }

    private static bool IsJsonApi(ApiDescription description) =>
        description.RelativePath?.StartsWith($"{JsonApiFamily.Route}/", StringComparison.Ordinal) == true;

    private static OpenApiResponse Errors(string description, string mediaType, string schema, OpenApiDocument? document) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [mediaType] = new() { Schema = new OpenApiSchemaReference(schema, document) },
        },
    };
}
