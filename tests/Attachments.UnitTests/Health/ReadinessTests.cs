using Attachments.Api.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Attachments.UnitTests.Health;

public sealed class ReadinessTests
{
    private readonly SteppedTime time = new();
    private readonly SemaphoreSlim answers = new(0);
    private int probes;
    private ServiceProvider services = null!;

    private Readiness Readiness => services.GetRequiredService<Readiness>();

    [SetUp]
    public void Build()
    {
        probes = 0;
        var collection = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(time);
        collection.AddReadiness().AddAsyncCheck("database", Check, [HealthEndpoints.ReadyTag]);
        services = collection.BuildServiceProvider();
    }

    [TearDown]
    public async Task Dispose() => await services.DisposeAsync();

    [Test]
    public async Task Probes_once_for_all_who_ask_at_once()
    {
        var asked = Enumerable.Range(0, 100).Select(_ => Readiness.Check(CancellationToken.None)).ToList();
        answers.Release();
        (await Task.WhenAll(asked)).ShouldAllBe(answer => answer.Status == "healthy");
        probes.ShouldBe(1);
    }

    [Test]
    public async Task Shares_a_result_until_it_is_old()
    {
        answers.Release(2);
        await Readiness.Check(CancellationToken.None);
        time.Advance(Readiness.CacheDuration - TimeSpan.FromMilliseconds(1));
        await Readiness.Check(CancellationToken.None);
        probes.ShouldBe(1);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await Readiness.Check(CancellationToken.None);
        probes.ShouldBe(2);
    }

    [Test]
    public async Task Begins_no_other_probe_while_one_has_not_ended()
    {
        var first = Readiness.Check(CancellationToken.None);
        time.Advance(TimeSpan.FromHours(1));
        var second = Readiness.Check(CancellationToken.None);
        answers.Release();
        await Task.WhenAll(first, second);
        probes.ShouldBe(1);
    }

    [Test]
    public async Task One_who_leaves_takes_the_answer_from_nobody()
    {
        using var leaving = new CancellationTokenSource();
        var first = Readiness.Check(leaving.Token);
        var second = Readiness.Check(CancellationToken.None);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
        answers.Release();
        (await second).Status.ShouldBe("healthy");
        probes.ShouldBe(1);
    }

    private async Task<HealthCheckResult> Check(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref probes);
        await answers.WaitAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }

    /// <summary>Timestamps that stand still until they are moved; timers are the system's.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private long now;

        public override long GetTimestamp() => now;

        public void Advance(TimeSpan by) => now += by.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond;
    }
}
