using Attachments.Infrastructure.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Attachments.IntegrationTests.EmbeddedPostgres;

public sealed class TemporaryDirectoriesTests : ClusterPerTestFixture
{
    [Test]
    public async Task A_throw_away_cluster_serves_and_is_deleted_in_the_end()
    {
        await using (var cluster = await StartTemporary())
        {
            (await Query(cluster.ConnectionString, "SHOW fsync")).ShouldBe("off");
            Directory.GetDirectories(Root).ShouldHaveSingleItem();
        }

        Directory.GetDirectories(Root).ShouldBeEmpty();
    }

    [Test]
    public async Task What_a_process_that_died_has_left_is_stopped_and_deleted_by_the_next()
    {
        var dead = new TemporaryDirectories(Root, NullLogger.Instance).Create();
        var orphan = await LeaveServerRunning(dead);

        await using var cluster = await StartTemporary();

        IsRunning(orphan).ShouldBeFalse();
        Directory.Exists(dead.Location).ShouldBeFalse();
        Directory.GetDirectories(Root).ShouldHaveSingleItem();
    }

    [Test]
    public async Task One_that_is_in_use_is_left_alone_by_the_next()
    {
        await using var first = await StartTemporary();
        await using var second = await StartTemporary();

        (await Query(first.ConnectionString, "SELECT 1")).ShouldBe("1");
        (await Query(second.ConnectionString, "SELECT 1")).ShouldBe("1");
    }

    [Test]
    public async Task One_that_is_only_just_being_made_is_made_again_when_somebody_cleans_up()
    {
        var directories = new TemporaryDirectories(Root, NullLogger.Instance);
        var cleaning = Task.Run(async () =>
        {
            for (var pass = 0; pass < 200; pass++)
            {
                await directories.DeleteLeftOvers(CancellationToken.None);
            }
        });

        var taken = Enumerable.Range(0, 200).Select(_ => directories.Create()).ToList();
        await cleaning;

        taken.ShouldAllBe(data => File.Exists(Path.Combine(data.Location, "lock")));
        taken.ForEach(data => data.Dispose());
    }

    private Task<PrivateCluster> StartTemporary() => PrivateCluster.StartTemporary(Root, NullLogger.Instance, CancellationToken.None);
}
