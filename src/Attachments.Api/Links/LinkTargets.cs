using Attachments.Api.Http.Errors;
using Attachments.Api.Http.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Links;
using Attachments.Application.OwnedAttachments;
using Microsoft.AspNetCore.Http.Features;

namespace Attachments.Api.Links;

/// <summary>
/// Asks the service itself whether a request may be made: sends it through the middleware from the routing on, as the same caller, with
/// HEAD for GET, and for an upload with a body that no endpoint accepts, so that it ends where reading it would begin.
/// </summary>
internal sealed class LinkTargets(LinkPipeline pipeline, IServiceScopeFactory scopes, IHttpContextAccessor accessor) : ILinkTargets
{
    // Refused by everything that takes the body as it is. Without a Content-Type, nothing else reads it.
    private const string RefusedCoding = "none";

    public async Task<TargetCheck> Check(string method, string target, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var request = CreateRequest(method, target, scope.ServiceProvider, cancellationToken);
        var problem = await Ask(request);
        var isDownload = HttpMethods.IsGet(method);
        if (problem is { Status: >= 500 and not StatusCodes.Status500InternalServerError })
        {
            throw new UnavailableException(problem.Code, problem.Detail ?? "The service is not available.");
        }

        return problem is not null && (isDownload || problem.Status is 401 or 403 or 404 or >= 500 || problem.Code == NotLinkable.Code)
            ? new TargetCheck(new RefusedLink(problem.Status, problem.Code, problem.Detail))
            : new TargetCheck(Refusal: null)
            {
                Sha256 = isDownload ? request.Response.Headers.ETag.ToString().Trim('"') : null,
                Ids = BindsIds(request) ? AttachmentIds.Parse(request.Request.Query["ids"]).ToString() : null,
            };
    }

    /// <summary>The answer to what no link can be for.</summary>
    public static InvalidRequestException NotLinkable { get; } = new(
        "link_target", "The url must be one of this service that a link can be for: a file to download, or a place to upload to.");

    private static bool BindsIds(HttpContext request) => request.GetEndpoint()?.Metadata.GetMetadata<LinkableAttribute>() is { BindsIds: true };

    private DefaultHttpContext CreateRequest(string method, string target, IServiceProvider services, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = cancellationToken };
        var request = context.Request;
        request.Method = HttpMethods.IsGet(method) ? HttpMethods.Head : method;
        request.Scheme = "http";
        request.Host = new HostString("localhost");
        var query = target.IndexOf('?', StringComparison.Ordinal);
        request.QueryString = new QueryString(query < 0 ? "" : target[query..]);
        request.Headers.Authorization = accessor.HttpContext!.Request.Headers.Authorization;
        request.Headers.ContentEncoding = RefusedCoding;
        request.Body = new UnreadableBody();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        context.Features.Set(new LinkTargetCheck());
        return context;
    }

    /// <summary>Null: the answer is 2xx.</summary>
    private async Task<Problem?> Ask(DefaultHttpContext request)
    {
        try
        {
            await pipeline.Send(request);
            var status = request.Response.StatusCode;
            return status < 300 ? null : Problems.ForStatus(status, request.GetEndpoint() is not null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Problems.For(Infrastructure.Persistence.PostgresFailures.Translate(exception));
        }
    }

    /// <summary>Guards against an endpoint that would take what is no upload for one.</summary>
    private sealed class UnreadableBody : ForwardStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw Unreadable();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw Unreadable();

        private static BadHttpRequestException Unreadable() => new("The request has no body.");
    }
}

/// <summary>Marks a request that only asks whether it may be made.</summary>
internal sealed class LinkTargetCheck;
