using Attachments.Application.Access;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Serilog;
using Serilog.Events;

namespace Attachments.Api.Http.Logging;

/// <summary>
/// One line in the log for each request, when it has ended. It names the route by its template: a path can hold the names that people
/// give to their files.
/// </summary>
internal static class RequestLog
{
    private const string Line =
        "{Method} {Route} {Status} in {BytesIn} out {BytesOut} in {Duration:0.0} ms, user {User}, trace {RequestTrace}";

    private const string None = "-";

    /// <summary>To stand first of all.</summary>
    public static void UseRequestLog(this WebApplication app)
    {
        app.UseSerilogRequestLogging(options =>
        {
            options.Logger = app.Services.GetRequiredService<Serilog.ILogger>();
            options.MessageTemplate = Line;
            options.GetLevel = GetLevel;
            options.GetMessageTemplateProperties = Describe;
        });
        app.Use(Count);
    }

    private static Task Count(HttpContext context, RequestDelegate next)
    {
        var bytes = new TransferredBytes(
            new CountingRequestStream(context.Request.Body),
            new CountingResponseBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>()));
        context.Request.Body = bytes.In;
        context.Features.Set<IHttpResponseBodyFeature>(bytes.Out);
        context.Features.Set(bytes);
        return next(context);
    }

    private static LogEventLevel GetLevel(HttpContext context, double duration, Exception? exception)
    {
        if (exception is not null || FinalStatus.Get(context) >= StatusCodes.Status500InternalServerError)
        {
            return LogEventLevel.Error;
        }

        return FindEndpoint(context)?.Metadata.GetMetadata<QuietInLog>() is null ? LogEventLevel.Information : LogEventLevel.Debug;
    }

    private static IEnumerable<LogEventProperty> Describe(HttpContext context, string path, double duration, int status)
    {
        var bytes = context.Features.GetRequiredFeature<TransferredBytes>();
        return
        [
            Property("Method", context.Request.Method),
            Property("Route", GetRoute(context) ?? None),
            Property("Status", context.Features.Get<FinalStatus>()?.Status ?? status),
            Property("BytesIn", bytes.In.BytesRead),
            // The server discards the body of a response to HEAD.
            Property("BytesOut", HttpMethods.IsHead(context.Request.Method) ? 0 : bytes.Out.BytesWritten),
            Property("Duration", duration),
            Property("User", GetUser(context)),
            Property("RequestTrace", RequestTrace.GetId(context)),
        ];
    }

    /// <summary>Whoever has a link is nobody in particular; the one who made it is known.</summary>
    private static string GetUser(HttpContext context) => context.Features.Get<Caller>() switch
    {
        null => None,
        { Granted: not null } caller => $"link of {caller.UserId}",
        var caller => caller.UserId.ToString(),
    };

    private static LogEventProperty Property(string name, object value) => new(name, new ScalarValue(value));

    // Controllers' templates have no leading slash, others do.
    private static string? GetRoute(HttpContext context) =>
        FindEndpoint(context) is RouteEndpoint { RoutePattern.RawText: { } template } ? $"/{template.TrimStart('/')}" : null;

    // The exception handler takes the endpoint away before it answers, and keeps it here.
    private static Endpoint? FindEndpoint(HttpContext context) =>
        context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;

    private sealed record TransferredBytes(CountingRequestStream In, CountingResponseBody Out);
}

/// <summary>Marks an endpoint whose successful requests are logged only at the level Debug.</summary>
internal sealed class QuietInLog;

/// <summary>The result of a request that failed after its status was sent.</summary>
/// <param name="Status">What the status would have been.</param>
internal sealed record FinalStatus(int Status)
{
    public static int Get(HttpContext context) => context.Features.Get<FinalStatus>()?.Status ?? context.Response.StatusCode;
}

/// <summary>The id of a request in responses, logs and traces.</summary>
internal static class RequestTrace
{
    /// <summary>The trace id (W3C Trace Context, 32 hex digits); where the request is not traced, the server's own name for it.</summary>
    public static string GetId(HttpContext context) =>
        context.Features.Get<IHttpActivityFeature>()?.Activity is { } activity ? activity.TraceId.ToHexString() : context.TraceIdentifier;
}
