using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Domain.TemporarySets;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.IntegrationTests.Sweeping;

[TestFixture]
internal sealed class TemporarySetSweeperTests
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromDays(1);

    private TestServices services = null!;

    private TemporarySetSweeper Sweeper => services.Provider.GetRequiredService<TemporarySetSweeper>();

    [SetUp]
    public async Task Start() => services = await TestServices.Start();

    [TearDown]
    public async Task Stop() => await services.DisposeAsync();

    [Test]
    public async Task Ends_a_set_only_after_its_time()
    {
        await services.HaveSet(3, Now);
        services.Time.Advance(TimeToLive - TimeSpan.FromSeconds(1));
        (await Sweep()).ShouldBe(0);
        services.Time.Advance(TimeSpan.FromSeconds(1));
        (await Sweep()).ShouldBe(1);
        (await Count("temporary_items")).ShouldBe(0);
        (await Count("temporary_sets")).ShouldBe(0);
        (await Count("blobs WHERE released_at IS NOT NULL")).ShouldBe(3);
        (await StorageAudit.Inspect(services.ConnectionString)).ShouldBeEmpty();
    }

    [Test]
    public async Task Reclaims_the_bytes_by_the_way_of_all_others()
    {
        await services.HaveSet(3, Now - TimeToLive);
        var sweeper = services.Provider.GetRequiredService<Sweeper>();
        (await sweeper.Sweep(CancellationToken.None)).ShouldBe(new SweepResult(new Reclaimed(0, 0), new Reclaimed(0, 0), 1));
        services.Time.Advance(TimeSpan.FromMinutes(10));
        (await sweeper.Sweep(CancellationToken.None)).ShouldBe(new SweepResult(new Reclaimed(3, 3), new Reclaimed(0, 0), 0));
        (await StorageAudit.CountBlobs(services.ConnectionString)).ShouldBe(0);
    }

    [Test]
    public async Task Removes_a_dropped_set_before_its_time()
    {
        var id = await services.HaveSet(3, Now);
        await Change(id, set => set.Drop(Now));
        (await Sweep()).ShouldBe(1);
        (await Count("blobs WHERE released_at IS NOT NULL")).ShouldBe(3);
    }

    [Test]
    public async Task Takes_sets_of_more_than_one_batch_apart()
    {
        await services.HaveSet(2500, Now - TimeToLive);
        await services.HaveSet(1000, Now - TimeToLive);
        await services.HaveSet(0, Now - TimeToLive);
        await services.HaveSet(7, Now);
        (await Sweep()).ShouldBe(3);
        (await Count("temporary_items")).ShouldBe(7);
        (await Count("blobs WHERE released_at IS NOT NULL")).ShouldBe(3500);
        (await StorageAudit.Inspect(services.ConnectionString)).ShouldBeEmpty();
    }

    [Test]
    public async Task Ends_more_sets_than_one_batch()
    {
        for (var i = 0; i < 120; i++)
        {
            await services.HaveSet(1, Now - TimeToLive);
        }

        (await Sweep()).ShouldBe(120);
        (await Count("temporary_sets")).ShouldBe(0);
    }

    [Test]
    public async Task Shares_the_work_with_other_replicas()
    {
        for (var i = 0; i < 40; i++)
        {
            await services.HaveSet(30, Now - TimeToLive);
        }

        (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Sweep()))).Sum().ShouldBe(40);
        (await Count("blobs WHERE released_at IS NOT NULL")).ShouldBe(1200);
        (await StorageAudit.Inspect(services.ConnectionString)).ShouldBeEmpty();
    }

    [Test]
    public async Task Passes_over_a_set_that_another_transaction_holds()
    {
        var held = await services.HaveSet(1, Now - TimeToLive);
        await services.HaveSet(1, Now - TimeToLive);
        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand(
                $"SELECT FROM temporary_sets WHERE temporary_id = '{held}' FOR UPDATE", connection, transaction);
            await hold.ExecuteNonQueryAsync();
            (await Sweep()).ShouldBe(1);
            await transaction.RollbackAsync();
        }

        (await Sweep()).ShouldBe(1);
    }

    [Test]
    public async Task Finishes_what_a_pass_before_it_left_half_done()
    {
        var id = await services.HaveSet(1500, Now);
        await Change(id, set => set.Drop(Now));
        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using var half = source.CreateCommand(
            """
            WITH gone AS (DELETE FROM temporary_items WHERE ordinal <= 1000 RETURNING blob_id)
            UPDATE blobs SET released_at = now() FROM gone WHERE id = blob_id
            """);
        await half.ExecuteNonQueryAsync();
        (await Sweep()).ShouldBe(1);
        (await Count("blobs WHERE released_at IS NOT NULL")).ShouldBe(1500);
    }

    [Test]
    public async Task Wins_over_a_change_that_found_the_set_before()
    {
        var id = await services.HaveSet(1, Now);
        var found = new List<bool>();
        var changed = await services.InScope(scope =>
        {
            var db = scope.GetRequiredService<IAttachmentsDb>();
            return db.Change(
                async token =>
                {
                    var set = await db.TemporarySets.SingleOrDefaultAsync(it => it.TemporaryId == id && it.EndedAt == null, token);
                    found.Add(set is not null);
                    if (set is null)
                    {
                        return false;
                    }

                    services.Time.Advance(TimeToLive);
                    (await Sweep()).ShouldBe(1);
                    set.Add("late", FileName.From("late"), await StoredBlob(scope), Guid.NewGuid(), Now);
                    return true;
                },
                CancellationToken.None);
        });
        changed.ShouldBeFalse();
        found.ShouldBe([true, false]);
        (await Count("temporary_items")).ShouldBe(0);
        (await StorageAudit.Inspect(services.ConnectionString)).ShouldBeEmpty();
    }

    private DateTimeOffset Now => services.Time.GetUtcNow();

    private Task<int> Sweep() => Sweeper.Sweep(CancellationToken.None);

    private Task<bool> Change(Guid temporaryId, Action<TemporarySet> act) => services.InScope(scope =>
    {
        var db = scope.GetRequiredService<IAttachmentsDb>();
        return db.Change(
            async token =>
            {
                act(await db.TemporarySets.SingleAsync(set => set.TemporaryId == temporaryId, token));
                return true;
            },
            CancellationToken.None);
    });

    private async Task<Blob> StoredBlob(IServiceProvider scope)
    {
        var blob = Blob.CreatePending("image/png", Guid.NewGuid(), Now);
        blob.Complete(1, new ContentDigests(new byte[16], new byte[32], 0), Now);
        await scope.CreateStored(blob, new byte[1], CancellationToken.None);
        scope.GetRequiredService<IAttachmentsDb>().Blobs.Attach(blob);
        return blob;
    }

    private async Task<long> Count(string rows)
    {
        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using var command = source.CreateCommand($"SELECT count(*) FROM {rows}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
