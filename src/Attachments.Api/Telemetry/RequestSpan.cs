using System.Diagnostics;
using System.Globalization;
using Attachments.Api.Health;
using Attachments.Api.Http.Logging;

namespace Attachments.Api.Telemetry;

/// <summary>Changes the spans that OpenTelemetry's instrumentation makes for requests.</summary>
internal static class RequestSpan
{
    /// <summary>Health probes and their queries are not traced.</summary>
    public static bool IsTraced(HttpContext context) =>
        !context.Request.Path.StartsWithSegments(HealthEndpoints.Prefix) && context.Request.Path != TelemetryRegistration.PrometheusPath;

    /// <summary>Names the span by the route, as the log does: a path can contain the names of people's files.</summary>
    public static void RemovePath(Activity span) => span.SetTag("url.path", null).SetTag("url.query", null);

    /// <summary>Records how the request ended, if its status does not say so.</summary>
    public static void Finish(Activity span, HttpContext context)
    {
        var status = FinalStatus.Get(context);
        span.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
