using System.Diagnostics;
using System.Globalization;
using Attachments.Api.Health;
using Attachments.Api.Http.Logging;

namespace Attachments.Api.Telemetry;

/// <summary>What the spans of requests hold besides, or instead of, what OpenTelemetry's instrumentation puts into them.</summary>
internal static class RequestSpan
{
    /// <summary>Probes are not traced, nor is what they ask.</summary>
    public static bool IsTraced(HttpContext context) =>
        !context.Request.Path.StartsWithSegments(HealthEndpoints.Prefix) && context.Request.Path != TelemetryRegistration.PrometheusPath;

    /// <summary>
    /// A path can hold the names that people give to their files: the route names the span, as it does the line in the log.
    /// </summary>
    public static void RemovePath(Activity span) => span.SetTag("url.path", null).SetTag("url.query", null);

    /// <summary>How the request ended, where the status that was sent does not say so.</summary>
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
