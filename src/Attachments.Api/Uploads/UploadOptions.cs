using System.Globalization;
using Attachments.Application.Settings;
using Attachments.Application.Uploads;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Uploads;

/// <summary>What OPTIONS answers where uploads are made and continued (tus 1.0, "OPTIONS"). It needs neither token nor database.</summary>
internal static class UploadOptions
{
    private const string Extensions =
        "creation,creation-with-upload,creation-defer-length,expiration,checksum,checksum-trailer,termination";

    private static readonly string[] Addresses =
    [
        "api/v1/project/{project_id}/sessions/{session_id}/attachments/{id}",
        "api/records/{eformtype}/{recordid}/attachments/content/{filename}",
        "api/records/{eformtype}/{recordid}/attachments/content/{folder}/{filename}",
        "api/temporaryattachmentset/{id}",
        "v1/attachments",
        "attachments",
        "v1/attachments/{id}",
        "attachments/{id}",
        "uploads",
        "uploads/{id}",
    ];

    public static void MapUploadOptions(this WebApplication app)
    {
        foreach (var address in Addresses)
        {
            app.MapMethods(address, [HttpMethods.Options], context => Answer(context, address)).AllowAnonymous().ExcludeFromDescription();
        }
    }

    private static Task Answer(HttpContext context, string address)
    {
        var services = context.RequestServices;
        var headers = context.Response.Headers;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        headers.Allow = string.Join(", ", FindMethods(services.GetRequiredService<EndpointDataSource>(), address));
        var limits = services.GetRequiredService<IOptions<LimitsOptions>>().Value;
        headers[TusFields.Resumable] = TusFields.Version;
        headers[TusFields.SupportedVersions] = TusFields.Version;
        headers[TusFields.Extension] = Extensions;
        headers[TusFields.MaxSize] = limits.MaxUploadBytes.ToString(CultureInfo.InvariantCulture);
        headers[TusFields.ChecksumAlgorithm] = string.Join(',', ChecksumAlgorithms.Names);
        headers[TusFields.Limit] = UploadAnswer.FormatLimit(services);

        // Where uploads begin, it says that they can (RUFH, "Upload-Limit").
        headers[TusFields.AcceptPatch] = $"{TusFields.Chunk}, {RufhFields.Chunk}";
        return Task.CompletedTask;
    }

    private static IEnumerable<string> FindMethods(EndpointDataSource endpoints, string address) => endpoints.Endpoints
        .OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.RoutePattern.RawText?.TrimStart('/') == address)
        .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
        .Distinct()
        .Order(StringComparer.Ordinal);
}
