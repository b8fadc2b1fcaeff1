using System.Text.Json.Serialization;
using Attachments.Api.Http.Paths;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

internal static class DocsRegistration
{
    private const string DocumentName = "v1";
    private const string Title = "Attachments";
    private const string Description =
        "Stores files attached to things and serves them back. What is under `/v1/attachments` is under `/attachments` as well. "
        + "A GET or HEAD whose `If-None-Match` or `If-Modified-Since` finds nothing new is answered 304 without a body, wherever the response "
        + "has an `ETag`. It is not among the responses, since generated clients take it for one of two successes and then return neither.";

    /// <summary>Adds the OpenAPI 3.1 description, generated from the controllers, their comments and their attributes.</summary>
    public static IServiceCollection AddApiDocs(this IServiceCollection services)
    {
        // Otherwise every number is described as a number or a string.
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        return services.AddOpenApi(DocumentName, Describe);
    }

    /// <summary>Maps <c>/openapi/v1.json</c>, and <c>/docs</c> to browse it. The page loads nothing from other hosts.</summary>
    public static void MapApiDocs(this WebApplication app)
    {
        app.MapOpenApi().WithMetadata(new HttpMethodMetadata(HeadForGet.Methods)).AllowAnonymous();
        app.MapMethods("/", HeadForGet.Methods, RedirectToPage).AllowAnonymous().ExcludeFromDescription();
        // The middleware matches a regular expression against every path. Its $ also matches before a line feed at the end, which would go
        // into the Location of a redirect, where the server refuses it.
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/docs") && !context.Request.Path.Value!.Contains('\n'),
            docs => docs.UseSwaggerUI(options =>
            {
                options.RoutePrefix = "docs";
                options.DocumentTitle = Title;
                options.SwaggerEndpoint($"../openapi/{DocumentName}.json", Title);
            }));
    }

    private static void RedirectToPage(HttpResponse response)
    {
        response.Redirect("docs");
        response.ContentLength = 0;
    }

    private static void Describe(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = endpoint => !endpoint.ActionDescriptor.EndpointMetadata.OfType<AliasAttribute>().Any(alias => alias.Includes(endpoint.RelativePath));
        options.CreateSchemaReferenceId = type => type.Type == typeof(Stream) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddSchemaTransformer(new SchemaTransformer());
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = Title, Version = DocumentName, Description = Description };
            // Relative, so that it works under any host name and scheme of a proxy.
            document.Servers = [new OpenApiServer { Url = "/" }];
            return Task.CompletedTask;
        });
        var errors = new ErrorTransformer();
        var headers = new HeaderTransformer();
        options.AddDocumentTransformer(headers);
        options.AddDocumentTransformer(errors);
        options.AddOperationTransformer(errors);
        options.AddOperationTransformer(new BodyTransformer());
        options.AddOperationTransformer(new ParameterTransformer());
        options.AddOperationTransformer(headers);
        options.AddOperationTransformer(new OperationTransformer());
    }
}
