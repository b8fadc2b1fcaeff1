using Attachments.Application.Access;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Attachments.Api.Http.Logging;

/// <summary>
/// One line in the log for each request, when it has ended. It names the route by its template: a path can hold the names that people
/// give to their files.
/// </summary>
internal sealed class RequestLog(RequestDelegate next, ILogger<RequestLog> logger, TimeProvider clock)
{
    private const string None = "-";

    public async Task InvokeAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        var request = new CountingRequestStream(context.Request.Body);
        var response = new CountingResponseBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        context.Request.Body = request;
        context.Features.Set<IHttpResponseBodyFeature>(response);
        try
        {
            await next(context);
            Write(context, FinalStatus.Of(context), request.BytesRead, response.BytesWritten, started);
        }
        catch
        {
            Write(context, StatusCodes.Status500InternalServerError, request.BytesRead, response.BytesWritten, started);
            throw;
        }
    }

    private void Write(HttpContext context, int status, long bytesIn, long bytesOut, long started)
    {
        var endpoint = EndpointOf(context);
        // Controllers' templates have no leading slash, others do.
        var route = endpoint is RouteEndpoint { RoutePattern.RawText: { } template } ? $"/{template.TrimStart('/')}" : null;
        var level = LevelOf(endpoint, status);
        if (!logger.IsEnabled(level))
        {
            return;
        }

        logger.Log(
            level,
            "{Method} {Route} {Status} in {BytesIn} out {BytesOut} in {Duration:0.0} ms, user {User}, trace {RequestTrace}",
            context.Request.Method,
            route ?? None,
            status,
            bytesIn,
            // The server throws away what is written to a HEAD response.
            HttpMethods.IsHead(context.Request.Method) ? 0 : bytesOut,
            clock.GetElapsedTime(started).TotalMilliseconds,
            context.Features.Get<Caller>()?.UserId.ToString() ?? None,
            RequestTrace.IdOf(context));
    }

    // The exception handler takes the endpoint away before it answers, and keeps it here.
    private static Endpoint? EndpointOf(HttpContext context) =>
        context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;

    private static LogLevel LevelOf(Endpoint? endpoint, int status)
    {
        if (status >= StatusCodes.Status500InternalServerError)
        {
            return LogLevel.Error;
        }

        return endpoint?.Metadata.GetMetadata<QuietInLog>() is null ? LogLevel.Information : LogLevel.Debug;
    }
}

/// <summary>Marks an endpoint whose requests are worth a line only when they fail, or to one who debugs.</summary>
internal sealed class QuietInLog;
