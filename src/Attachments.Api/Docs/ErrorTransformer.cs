using System.Globalization;
using System.Text.Json.Nodes;
using Attachments.Api.Access;
using Attachments.Api.Http.Downloads;
using Attachments.Api.Http.Errors;
using Attachments.Api.Http.JsonApi;
using Attachments.Api.Links;
using Attachments.Api.Uploads;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>Adds the security requirement and the error responses to every operation that requires a token.</summary>
internal sealed class ErrorTransformer : IOpenApiOperationTransformer, IOpenApiDocumentTransformer
{
    private const string Scheme = "bearer";

    /// <summary>Tells generators which member is the message of an exception.</summary>
    private const string ErrorMessage = "x-ms-primary-error-message";

    private const string ProblemSchema = "Problem";
    private const string JsonApiErrorsSchema = "JsonApiErrors";

    private static readonly (int Status, string Why)[] None = [];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
        {
            // Says that no token is wanted.
            operation.Security = [];
            return Task.CompletedTask;
        }

        operation.Security = [Requirement(Scheme, context.Document)];
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<LinkableAttribute>().Any())
        {
            operation.Security.Add(Requirement(LinkHandler.Parameter, context.Document));
        }

        operation.Responses ??= [];
        var isJsonApi = IsJsonApi(context.Description);
        var endsUploads = context.Description.ActionDescriptor.EndpointMetadata.OfType<ResumableAttribute>().Any(endpoint => endpoint.DescribesUpload)
            && (context.Description.HttpMethod is "PATCH" or "POST");
        var (rest, mediaType, schema) = isJsonApi
            ? ("Another error, as error objects (JSON:API 1.1).", JsonApiMediaType.Name, JsonApiErrorsSchema)
            : ("Another error, as problem details (RFC 9457).", ProblemBody.MediaType, ProblemSchema);
        foreach (var errors in DescribeErrors(context.Description).GroupBy(error => error.Status, error => error.Why).OrderBy(it => it.Key))
        {
            var response = Errors(string.Join(' ', errors), mediaType, schema, context.Document);
            if (endsUploads)
            {
                // The answer to the last bytes is that of the family that the upload is for.
                response.Content!.Add(JsonApiMediaType.Name, Errors("", JsonApiMediaType.Name, JsonApiErrorsSchema, context.Document).Content!.Values.Single());
            }

            if (isJsonApi && errors.Key == StatusCodes.Status404NotFound)
            {
                response.Content = null;
            }

            operation.Responses.TryAdd(errors.Key.ToString(CultureInfo.InvariantCulture), response);
        }

        operation.Responses.TryAdd("default", Errors(rest, mediaType, schema, context.Document));
        return Task.CompletedTask;
    }

    public async Task TransformAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemBody), cancellationToken: cancellationToken);
        ((OpenApiSchema)problem.Properties!["detail"]).AddExtension(ErrorMessage, new JsonNodeExtension(JsonValue.Create(true)));
        document.AddComponent<IOpenApiSchema>(ProblemSchema, problem);
        document.AddComponent<IOpenApiSchema>(
            JsonApiErrorsSchema, await context.GetOrCreateSchemaAsync(typeof(JsonApiErrors), cancellationToken: cancellationToken));
        document.AddComponent<IOpenApiSecurityScheme>(LinkHandler.Parameter, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Query,
            Name = LinkHandler.Parameter,
            Description = "A signed link, which grants this one request: see `POST /v1/links`. 403 `link_invalid` if it is not genuine, 410 if it has ended.",
        });
        document.AddComponent<IOpenApiSecurityScheme>(Scheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "A JSON Web Token whose sub names the user. In development the command token prints one.",
        });
    }

    private static OpenApiSecurityRequirement Requirement(string scheme, OpenApiDocument? document) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };

    private static IEnumerable<(int Status, string Why)> DescribeErrors(ApiDescription description)
    {
        var metadata = description.ActionDescriptor.EndpointMetadata;
        var method = description.HttpMethod ?? HttpMethods.Get;
        var isRead = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        return
        [
            (400, "Something in the request is malformed or invalid."),
            (401, "The token is missing, or not valid."),
            (403, "`link_invalid`: the signed link is not genuine, or is for another request."),
            (503, "The database or the store of the files cannot be reached."),
            .. metadata.OfType<ErrorResponseAttribute>().Select(error => (error.Status, error.Description)),
            .. metadata.OfType<RequireAccessAttribute>().Any() ? [(403, "The token does not grant this.")] : None,
            .. metadata.OfType<LinkableAttribute>().Any() ? [(410, "`link_expired`, `link_revoked`, `link_used`, `content_replaced`: the signed link is over.")] : None,
            .. description.RelativePath!.Contains('{', StringComparison.Ordinal) ? [(404, "Something that the address names is not there.")] : None,
            .. metadata.OfType<JsonApiAttribute>().Any() ? DescribeJsonApiErrors() : None,
            .. metadata.OfType<ResumableAttribute>().Any(endpoint => endpoint.DescribesUpload) ? DescribeUploadErrors() : None,
            .. metadata.OfType<ResumableAttribute>().Any(endpoint => !endpoint.DescribesUpload) ? DescribeCreationErrors() : None,
            .. metadata.OfType<RequestBodyAttribute>().Any() ? DescribeBodyErrors() : None,
            .. isRead ? DescribeReadErrors(metadata, method) : [(412, "`If-Match`, `If-None-Match` or `If-Unmodified-Since` does not hold; nothing was changed.")],
        ];
    }

    private static IEnumerable<(int Status, string Why)> DescribeJsonApiErrors() =>
    [
        (406, "`Accept` has `application/vnd.api+json` only with parameters that are not known."),
        (415, "`Content-Type` has parameters that are not known."),
    ];

    private static IEnumerable<(int Status, string Why)> DescribeUploadErrors() =>
    [
        (409, "`mismatching_upload_offset`: the upload goes on elsewhere. `upload_complete`: it has been stored."),
        (410, "`upload_expired`, `upload_ended`: it is over, and nothing was stored."),
        (413, "The file is larger than the service accepts."),
        (460, "`checksum_mismatch`: the bytes do not have the checksum that was sent with them, and do not count."),
    ];

    private static IEnumerable<(int Status, string Why)> DescribeCreationErrors() =>
    [
        (429, "`too_many_uploads`: the caller has too many open uploads (tus)."),
        (460, "`checksum_mismatch`: the first bytes do not have their checksum; the upload stays, without them (tus)."),
    ];

    private static IEnumerable<(int Status, string Why)> DescribeBodyErrors() =>
    [
        (413, "The body, or something in it, is larger than the service accepts."),
        (415, "`Content-Type` is none of those listed, or the body has a content coding."),
    ];

    private static IEnumerable<(int Status, string Why)> DescribeReadErrors(IList<object> metadata, string method)
    {
        if (metadata.OfType<VersionedAttribute>().Any())
        {
            yield return (412, "`If-Match` or `If-Unmodified-Since` does not hold.");
        }

        if (!metadata.OfType<DownloadAttribute>().Any())
        {
            yield break;
        }

        if (!metadata.OfType<DownloadAttribute>().Any(download => download.MediaType == ArchiveResult.MediaType))
        {
            yield return (400, "`unknown_preset`: there is no preview of this name.");
            yield return (404, "`no_preview`: the file is not an image that a preview can be made of. `previews_off`: no previews are made.");
            yield return (503, "`preview_busy`: the preview is not ready yet; `Retry-After` says when to try again.");
        }

        yield return (410, "`content_missing`: the file's bytes are not there. `content_gone`: they were deleted, and only the metadata is left.");
        if (HttpMethods.IsGet(method))
        {
            yield return (416, "The range contains no byte of the file; `Content-Range` has its length.");
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
