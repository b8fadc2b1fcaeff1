using Attachments.Api.Http.Errors;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads;
using Attachments.Application.Uploads;

namespace Attachments.Api.Uploads;

/// <summary>Marks an action that takes files in several requests.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ResumableAttribute : Attribute
{
    /// <summary>Whether it is about an upload that has begun, and not about what the upload is for.</summary>
    public bool DescribesUpload { get; init; }
}

internal static class ResumableEndpoints
{
    /// <summary>
    /// To be placed between authentication and authorization: refuses other versions of tus before anything else of the request is looked
    /// at, and says in every answer how far the upload is, in the fields of the protocol of the request.
    /// </summary>
    public static IApplicationBuilder UseUploadProtocols(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ResumableAttribute>() is not { } endpoint)
        {
            return next(context);
        }

        if (TusRequest.IsTus(context.Request) || (endpoint.DescribesUpload && LacksVersion(context.Request)))
        {
            context.Response.OnStarting(UploadAnswer.SetTusFields, context);
            return context.Request.Headers[TusFields.Resumable] != TusFields.Version && context.User.Identity is { IsAuthenticated: true }
                ? throw VersionUnsupported()
                : next(context);
        }

        context.Response.OnStarting(
            RufhRequest.IsWholeFile(context.Request) && !endpoint.DescribesUpload ? UploadAnswer.SetWholeFileFields : UploadAnswer.SetRufhFields,
            context);
        return next(context);
    });

    /// <summary>
    /// To be placed where requests have their bodies: a file that is sent in one request must have the <c>Upload-Length</c> that was sent
    /// with it, whatever the request speaks.
    /// </summary>
    public static IApplicationBuilder UseUploadLengths(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (request.Headers.ContainsKey(TusFields.Length)
            && context.GetEndpoint()?.Metadata.GetMetadata<ResumableAttribute>() is { DescribesUpload: false }
            && !TusRequest.IsTus(request)
            && !RufhRequest.IsBeginning(request)
            && RufhRequest.ReadLength(request) is { } length)
        {
            if (context.Features.Get<RequestBody>() is { } body)
            {
                body.RequireLength(length);
            }
            else if (length > 0)
            {
                request.Body = new MissingBody();
            }
        }

        return next(context);
    });

    /// <summary>Bytes to add, of tus's media type, in a request that does not say which version it speaks.</summary>
    private static bool LacksVersion(HttpRequest request) =>
        MediaTypes.Parse(request.ContentType) == TusFields.Chunk && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);

    private static ProtocolVersionException VersionUnsupported() => new(
        "tus_version_unsupported", $"{TusFields.Resumable} must be {TusFields.Version}.", TusFields.SupportedVersions, TusFields.Version);

    /// <summary>Of a request that has no body, and announces one.</summary>
    private sealed class MissingBody : ForwardStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InconsistentLengthException($"The request has no body, although {TusFields.Length} announces one.");
    }
}
