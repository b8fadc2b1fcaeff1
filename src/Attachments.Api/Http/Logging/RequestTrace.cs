using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;

namespace Attachments.Api.Http.Logging;

/// <summary>The name under which a request is found again in answers, logs and traces.</summary>
internal static class RequestTrace
{
    /// <summary>The trace id (W3C Trace Context, 32 hex digits); where the request is not traced, the server's own name for it.</summary>
    public static string IdOf(HttpContext context) =>
        context.Features.Get<IHttpActivityFeature>()?.Activity is { } activity ? activity.TraceId.ToHexString() : context.TraceIdentifier;

    /// <summary>
    /// Names the request's span and says how it ended (OpenTelemetry's conventions for HTTP servers): ASP.NET Core 10 leaves that to a
    /// package of instrumentation. The raw path stays out of it, as it stays out of the log.
    /// </summary>
    public static void Describe(HttpContext context, string? route, int status)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { Recorded: true } span)
        {
            return;
        }

        var method = context.Request.Method;
        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", status);
        span.SetTag("url.scheme", context.Request.Scheme);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
