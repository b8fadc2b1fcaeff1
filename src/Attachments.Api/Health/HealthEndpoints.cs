using Attachments.Api.Docs;
using Attachments.Api.Http.Logging;
using Attachments.Api.Http.Paths;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attachments.Api.Health;

internal static class HealthEndpoints
{
    /// <summary>The prefix of all paths here.</summary>
    public const string Prefix = "/health";

    /// <summary>The tag of the checks that decide whether requests can be served.</summary>
    public const string ReadyTag = "ready";

    /// <summary>Adds the service behind <c>/health/ready</c>. It runs the checks that are tagged <see cref="ReadyTag"/>.</summary>
    public static IHealthChecksBuilder AddReadiness(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Readiness>();
        return services.AddHealthChecks();
    }

    /// <summary>
    /// Maps <c>/health/live</c>, which the process itself answers, and <c>/health/ready</c>, which runs the registered checks tagged
    /// <see cref="ReadyTag"/>. Neither requires a token, and neither is traced or measured.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        var health = endpoints.MapGroup(Prefix).WithTags("Health").AllowAnonymous().DisableHttpMetrics().WithMetadata(new QuietInLog(), new TagDescriptionAttribute("Whether the service runs, and whether it can serve."));
        health.MapMethods("/live", HeadForGet.Methods, Live)
            .WithSummary("The process answers.")
            .WithMetadata(new OperationAttribute("HealthLive"))
            .Produces<HealthBody>();
        health.MapMethods("/ready", HeadForGet.Methods, Ready)
            .WithMetadata(new OperationAttribute("HealthReady"))
            .WithSummary("Requests can be served: the database and the blob store are reachable.")
            .Produces<HealthBody>()
            .Produces<HealthBody>(StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Live(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return ToResult(HealthBody.From(HealthStatus.Healthy));
    }

    private static async Task<IResult> Ready(HttpContext context, Readiness readiness)
    {
        context.Response.Headers.CacheControl = "no-store";
        return ToResult(await readiness.Check(context.RequestAborted));
    }

    private static IResult ToResult(HealthBody body) => Results.Json(
        body,
        statusCode: body.Status == HealthBody.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
}
