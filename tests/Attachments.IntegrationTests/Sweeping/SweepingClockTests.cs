using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Sweeping;

[TestFixture]
internal sealed class SweepingClockTests
{
    private static readonly TimeSpan Hasty = TimeSpan.FromMilliseconds(10);

    private TestServices services = null!;

    [SetUp]
    public async Task Start() => services = await TestServices.Start(time: new ManualTime(DateTimeOffset.UtcNow, Hasty));

    [TearDown]
    public async Task Stop() => await services.DisposeAsync();

    [TestCase(30)]
    [TestCase(-30)]
    public async Task Takes_one_that_agrees_with_the_databases(int seconds)
    {
        services.Time.Advance(TimeSpan.FromSeconds(seconds));
        await services.Provider.GetRequiredService<SweepingClock>().RequireInSync(CancellationToken.None);
    }

    [TestCase(180)]
    [TestCase(-180)]
    [TestCase(86_400 * 3653)]
    [TestCase(-86_400)]
    public async Task Refuses_one_that_does_not(int seconds)
    {
        services.Time.Advance(TimeSpan.FromSeconds(seconds));
        var refused = await Should.ThrowAsync<UnavailableException>(
            () => services.Provider.GetRequiredService<SweepingClock>().RequireInSync(CancellationToken.None));
        refused.Code.ShouldBe("clock_wrong");
    }

    [Test]
    public async Task Keeps_the_service_from_sweeping_until_it_is_right_again()
    {
        // A set, an upload that is under way, and bytes that somebody may still be reading.
        var now = services.Time.GetUtcNow();
        await services.HaveSet(3, now);
        await Create(now);
        var released = await Create(now);
        await Set(released, blob => blob.SetProperty(row => row.ReleasedAt, now));
        var blobs = await StorageAudit.CountBlobs(services.ConnectionString);

        services.Time.Advance(TimeSpan.FromDays(400));
        var loop = ActivatorUtilities.CreateInstance<SweeperLoop>(services.Provider);
        await loop.StartAsync(CancellationToken.None);
        try
        {
            // A pass that is refused asks once.
            var before = services.Time.Readings;
            await Eventually.Holds(() => Task.FromResult(services.Time.Readings >= before + 3), "some passes have begun");
            (await StorageAudit.CountBlobs(services.ConnectionString)).ShouldBe(blobs);
            (await Sql.Scalar<long>(services.ConnectionString, "SELECT count(*) FROM temporary_sets WHERE ended_at IS NULL")).ShouldBe(1);

            services.Time.Advance(TimeSpan.FromDays(-400));
            await Set(released, blob => blob
                .SetProperty(row => row.ReleasedAt, now - TimeSpan.FromHours(1))
                .SetProperty(row => row.TouchedAt, now - TimeSpan.FromHours(1)));
            await Eventually.Holds(
                async () => await StorageAudit.CountBlobs(services.ConnectionString) == blobs - 1, "what is due is reclaimed");
        }
        finally
        {
            await loop.StopAsync(CancellationToken.None);
        }
    }

    private async Task<Guid> Create(DateTimeOffset now)
    {
        var blob = Blob.CreatePending("image/png", Guid.NewGuid(), now);
        await services.InScope(
            scope => scope.GetRequiredService<IBlobStore>().Create([new NewBlob(blob, new byte[10])], CancellationToken.None));
        return blob.Id;
    }

    private Task Set(Guid id, Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<Blob>> set) => services.InScope(scope =>
        scope.GetRequiredService<IAttachmentsDb>().Blobs.Where(blob => blob.Id == id).ExecuteUpdateAsync(set));
}
