using System.Net;
using Attachments.Api.Health;
using Attachments.UnitTests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attachments.UnitTests.Health;

public sealed class HealthEndpointsTests
{
    [Test]
    public async Task Is_live_whatever_it_depends_on()
    {
        var (status, body) = await Ask("/health/live", checks => checks.AddCheck("database", Unreachable, [HealthEndpoints.ReadyTag]));
        status.ShouldBe(HttpStatusCode.OK);
        body.ShouldBe("""{"status":"healthy"}""");
    }

    [Test]
    public async Task Is_ready_when_all_that_it_needs_is_reachable()
    {
        var (status, body) = await Ask("/health/ready", checks => checks
            .AddCheck("database", () => HealthCheckResult.Healthy(), [HealthEndpoints.ReadyTag])
            .AddCheck("blobs", () => HealthCheckResult.Degraded("secret"), [HealthEndpoints.ReadyTag])
            .AddCheck("weather", Unreachable));
        status.ShouldBe(HttpStatusCode.OK);
        body.ShouldBe("""{"status":"degraded","checks":{"database":"healthy","blobs":"degraded"}}""");
    }

    [Test]
    public async Task Is_not_ready_while_something_is_unreachable_and_does_not_say_why()
    {
        var (status, body) = await Ask("/health/ready", checks => checks
            .AddCheck("database", Unreachable, [HealthEndpoints.ReadyTag]));
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        body.ShouldBe("""{"status":"unhealthy","checks":{"database":"unhealthy"}}""");
    }

    [Test]
    public async Task Is_not_ready_when_a_check_does_not_end()
    {
        var never = new TaskCompletionSource<HealthCheckResult>();
        var (status, body) = await Ask("/health/ready", checks =>
        {
            checks.AddAsyncCheck("deaf", () => never.Task, [HealthEndpoints.ReadyTag]);
            checks.Services.AddSingleton<TimeProvider>(new Impatient());
        });
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        body.ShouldBe("""{"status":"unhealthy"}""");
    }

    [TestCase("/health/live")]
    [TestCase("/health/ready")]
    public async Task Answers_head_too(string path)
    {
        await using var api = await SmallApi.Start();
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var response = await api.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static HealthCheckResult Unreachable() => HealthCheckResult.Unhealthy("secret", new InvalidOperationException("secret"));

    private static async Task<(HttpStatusCode Status, string Body)> Ask(string path, Action<IHealthChecksBuilder> register)
    {
        await using var api = await SmallApi.Start(builder => register(builder.Services.AddHealthChecks()));
        using var response = await api.Client.GetAsync(path);
        response.Headers.CacheControl?.ToString().ShouldBe("no-store");
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/json");
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>All time to come passes at once.</summary>
    private sealed class Impatient : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
