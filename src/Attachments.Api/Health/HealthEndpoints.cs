using Attachments.Api.Http.Logging;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attachments.Api.Health;

internal static class HealthEndpoints
{
    /// <summary>What all paths here begin with.</summary>
    public const string Prefix = "/health";

    /// <summary>The tag of the checks that decide whether requests can be served.</summary>
    public const string ReadyTag = "ready";

    /// <summary>Longer than a healthy database ever takes, and shorter than the timeout of a probe.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps <c>/health/live</c>, which the process itself answers, and <c>/health/ready</c>, which runs the registered checks tagged
    /// <see cref="ReadyTag"/>. Neither requires a token, and neither is traced or measured.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        var health = endpoints.MapGroup(Prefix).WithTags("Health").AllowAnonymous().DisableHttpMetrics().WithMetadata(new QuietInLog());
        health.MapMethods("/live", GetAndHead, Live)
            .WithSummary("The process answers.")
            .Produces<HealthBody>();
        health.MapMethods("/ready", GetAndHead, Ready)
            .WithSummary("Requests can be served: the database and the blob store are reachable.")
            .Produces<HealthBody>()
            .Produces<HealthBody>(StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Live(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Answer(new HealthBody(WordFor(HealthStatus.Healthy)));
    }

    private static async Task<IResult> Ready(HttpContext context, HealthCheckService checks, TimeProvider clock)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Answer(await Check(checks, clock, context.RequestAborted));
    }

    private static async Task<HealthBody> Check(HealthCheckService checks, TimeProvider clock, CancellationToken aborted)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, aborted);
        try
        {
            // The timeout is also awaited, since a check may ignore its cancellation token.
            var report = await checks.CheckHealthAsync(check => check.Tags.Contains(ReadyTag), either.Token).WaitAsync(either.Token);
            return new HealthBody(
                WordFor(report.Status), report.Entries.ToDictionary(entry => entry.Key, entry => WordFor(entry.Value.Status)));
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return new HealthBody(WordFor(HealthStatus.Unhealthy));
        }
    }

    private static IResult Answer(HealthBody body) => Results.Json(
        body,
        statusCode: body.Status == WordFor(HealthStatus.Unhealthy) ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);

    private static string WordFor(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
