using System.Globalization;
using Attachments.Api.Uploads;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Attachments.Api.Docs;

/// <summary>Adds the header fields that are read and written by hand: those of conditions, ranges, digests, and of each kind of response.</summary>
internal sealed class HeaderTransformer : IOpenApiOperationTransformer, IOpenApiDocumentTransformer
{
    private static readonly string[] ReadConditions = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"];
    private static readonly string[] WriteConditions = ["If-Match", "If-None-Match", "If-Unmodified-Since"];
    private static readonly string[] Ranges = ["Range", "If-Range"];
    private static readonly string[] Digests = ["Content-Digest", "Repr-Digest", "Content-MD5"];
    private static readonly string[] Version = ["ETag", "Last-Modified"];
    private static readonly string[] File = ["Accept-Ranges", "Content-Disposition", "Repr-Digest"];

    private static readonly string[] NewUploadByTus = [TusFields.Resumable, TusFields.DeferLength, TusFields.Metadata, TusFields.Checksum];
    private static readonly string[] NewUpload = [TusFields.Complete, TusFields.Length, "Content-Disposition"];
    private static readonly string[] Chunk = [TusFields.Resumable, TusFields.Offset, TusFields.Complete, TusFields.Length, TusFields.Checksum];
    private static readonly string[] Progress = [TusFields.Resumable, TusFields.Offset, TusFields.Length, TusFields.Complete, TusFields.Expires];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.Security is not { Count: > 0 })
        {
            return Task.CompletedTask;
        }

        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var method = context.Description.HttpMethod ?? HttpMethods.Get;
        foreach (var name in Sent(method, metadata).Concat(metadata.OfType<ResumableAttribute>().SelectMany(endpoint => SentWithUpload(method, endpoint))))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(HeaderFields.Parameter(name, context.Document));
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            Describe((OpenApiResponse)response, [.. Received(status, metadata).Distinct()], context.Document);
        }

        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var (name, description) in HeaderFields.Request)
        {
            document.AddComponent<IOpenApiParameter>(name, new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Description = description,
                Schema = Text(),
            });
        }

        foreach (var (name, description) in HeaderFields.Response)
        {
            document.AddComponent<IOpenApiHeader>(name, new OpenApiHeader { Description = description, Schema = Text() });
        }

        return Task.CompletedTask;
    }

    private static string[] Sent(string method, IList<object> metadata)
    {
        var isGet = HttpMethods.IsGet(method);
        if (!isGet && !HttpMethods.IsHead(method))
        {
            return [.. WriteConditions, .. metadata.OfType<RequestBodyAttribute>().Any() ? Digests : []];
        }

        return metadata.OfType<VersionedAttribute>().LastOrDefault() switch
        {
            null => [],
            DownloadAttribute => [.. isGet ? Ranges : [], .. ReadConditions, "Want-Repr-Digest"],
            _ => ReadConditions,
        };
    }

    private static string[] SentWithUpload(string method, ResumableAttribute endpoint) => (endpoint.DescribesUpload, method) switch
    {
        (false, "POST") => [.. NewUploadByTus, .. NewUpload],
        (false, "PUT") => NewUpload,
        (false, _) => [],
        (true, "PATCH") => Chunk,
        (true, "POST") => [TusFields.MethodOverride, .. Chunk],
        _ => [TusFields.Resumable],
    };

    private static string[] ReceivedWithUpload(string status, ResumableAttribute endpoint) => (endpoint.DescribesUpload, status) switch
    {
        (true, _) => [.. Progress, "Content-Location"],
        (false, "201") => [.. Progress, "Location"],
        _ => [],
    };

    private static IEnumerable<string> Received(string status, IList<object> metadata) => status switch
    {
        "401" => ["WWW-Authenticate"],
        "416" => ["Content-Range"],
        "503" => ["Retry-After"],
        ['2', ..] =>
        [
            .. metadata.OfType<VersionedAttribute>().Any() ? Version : [],
            .. metadata.OfType<DownloadAttribute>().Any() ? File : [],
            .. status == StatusCodes.Status206PartialContent.ToString(CultureInfo.InvariantCulture) ? ["Content-Range"] : Array.Empty<string>(),
            .. metadata.OfType<ResumableAttribute>().SelectMany(endpoint => ReceivedWithUpload(status, endpoint)),
            .. metadata.OfType<ResponseHeadersAttribute>().SelectMany(headers => headers.Names),
        ],
        _ => [],
    };

    private static void Describe(OpenApiResponse response, IReadOnlyList<string> names, OpenApiDocument? document)
    {
        if (names.Count > 0)
        {
            response.Headers = names.ToDictionary(name => name, name => HeaderFields.Header(name, document));
        }
    }

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };
}
