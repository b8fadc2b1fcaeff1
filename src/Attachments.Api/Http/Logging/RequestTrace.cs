using Microsoft.AspNetCore.Http.Features;

namespace Attachments.Api.Http.Logging;

/// <summary>The id of a request in responses, logs and traces.</summary>
internal static class RequestTrace
{
    /// <summary>The trace id (W3C Trace Context, 32 hex digits); where the request is not traced, the server's own name for it.</summary>
    public static string GetId(HttpContext context) =>
        context.Features.Get<IHttpActivityFeature>()?.Activity is { } activity ? activity.TraceId.ToHexString() : context.TraceIdentifier;
}
