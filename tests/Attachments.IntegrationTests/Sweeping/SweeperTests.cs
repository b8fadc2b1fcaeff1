using Attachments.Application.Content.Blobs;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.IntegrationTests.Sweeping;

[TestFixture]
internal sealed class SweeperTests
{
    private TestServices services = null!;

    private Sweeper Sweeper => services.Provider.GetRequiredService<Sweeper>();

    [SetUp]
    public async Task Start() => services = await TestServices.Start();

    [TearDown]
    public async Task Stop() => await services.DisposeAsync();

    [Test]
    public async Task Reclaims_a_released_blob_only_after_the_time_that_bytes_outlive_their_reference()
    {
        await Create(100, released: true);
        services.Time.Advance(TimeSpan.FromMinutes(9));
        (await Sweeper.Sweep(CancellationToken.None)).Released.ShouldBe(new Reclaimed(0, 0));
        services.Time.Advance(TimeSpan.FromMinutes(1));
        (await Sweeper.Sweep(CancellationToken.None)).Released.ShouldBe(new Reclaimed(1, 100));
        (await StorageAudit.CountBlobs(services.ConnectionString)).ShouldBe(0);
        (await StorageAudit.Inspect(services.ConnectionString)).ShouldBeEmpty();
    }

    /// <summary>
    /// Of 110,000 that wait for a bucket, none is read on the way to those that are in the database; the 10,000 abandoned ones are, once,
    /// by the one who looks for others to give up.
    /// </summary>
    [Test]
    public async Task Does_not_pass_over_the_released_blobs_of_the_other_store()
    {
        await Sql.Execute(
            services.ConnectionString,
            """
            INSERT INTO blobs
                (id, state, length, md5, sha256, media_type, stored_by, created_at, stored_at, touched_at, released_at, store, in_s3)
            SELECT gen_random_uuid(), least(n / 10000, 1), 1, '\x00', '\x00', 'image/png', gen_random_uuid(), time, time, time, time, 1,
                TRUE
            FROM generate_series(1, 109999) n, (SELECT '2026-01-01T00:00:00Z'::timestamptz AS time) AS at
            """);
        await Create(100, released: true);
        await Sql.Execute(services.ConnectionString, "ANALYZE blobs");
        services.Time.Advance(TimeSpan.FromHours(1));
        var before = await RowsRead();
        (await Sweeper.Sweep(CancellationToken.None)).Released.ShouldBe(new Reclaimed(1, 100));
        ((await RowsRead()) - before).ShouldBeLessThan(11_000);
    }

    [Test]
    public async Task Spares_a_released_blob_that_is_still_being_read()
    {
        var id = await Create(100, released: true);
        services.Time.Advance(TimeSpan.FromMinutes(20));
        await Set(id, blob => blob.SetProperty(row => row.TouchedAt, services.Time.GetUtcNow().AddMinutes(-5)));
        (await Sweeper.Sweep(CancellationToken.None)).Released.Blobs.ShouldBe(0);
        services.Time.Advance(TimeSpan.FromMinutes(5));
        (await Sweeper.Sweep(CancellationToken.None)).Released.Blobs.ShouldBe(1);
    }

    [Test]
    public async Task Reclaims_an_upload_only_after_the_time_that_it_may_sit_without_progress()
    {
        await Create(100, released: false);
        services.Time.Advance(TimeSpan.FromHours(23));
        (await Sweeper.Sweep(CancellationToken.None)).Abandoned.Blobs.ShouldBe(0);
        services.Time.Advance(TimeSpan.FromHours(1));
        (await Sweeper.Sweep(CancellationToken.None)).Abandoned.ShouldBe(new Reclaimed(1, 100));
        (await StorageAudit.Inspect(services.ConnectionString)).ShouldBeEmpty();
    }

    [Test]
    public async Task Passes_over_an_upload_that_another_transaction_holds()
    {
        var held = await Create(100, released: false);
        await Create(100, released: false);
        services.Time.Advance(TimeSpan.FromHours(24));
        (await SweepWhileHeld(held)).Abandoned.Blobs.ShouldBe(1);
        (await Sweeper.Sweep(CancellationToken.None)).Abandoned.Blobs.ShouldBe(1);
    }

    [Test]
    public async Task Reclaims_all_the_same_where_sets_cannot_be_taken_apart_and_says_so()
    {
        await Create(100, released: true);
        await services.HaveSet(3, services.Time.GetUtcNow().AddDays(-2));
        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using (var refuse = source.CreateCommand(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
            CREATE TRIGGER refuse BEFORE DELETE ON temporary_items FOR EACH ROW EXECUTE FUNCTION refuse();
            """))
        {
            await refuse.ExecuteNonQueryAsync();
        }

        services.Time.Advance(TimeSpan.FromMinutes(10));
        (await Should.ThrowAsync<PostgresException>(() => Sweeper.Sweep(CancellationToken.None))).MessageText.ShouldBe("refused");
        (await StorageAudit.CountBlobs(services.ConnectionString)).ShouldBe(3);
        await using var allow = source.CreateCommand("DROP TRIGGER refuse ON temporary_items");
        await allow.ExecuteNonQueryAsync();
        (await Sweeper.Sweep(CancellationToken.None)).TemporarySets.ShouldBe(1);
    }

    [Test]
    public async Task Reclaims_more_than_one_batch_in_one_pass()
    {
        for (var i = 0; i < 120; i++)
        {
            await Create(10, released: true);
        }

        services.Time.Advance(TimeSpan.FromMinutes(11));
        (await Sweeper.Sweep(CancellationToken.None)).Released.ShouldBe(new Reclaimed(120, 1200));
        (await StorageAudit.Inspect(services.ConnectionString)).ShouldBeEmpty();
    }

    [Test]
    public async Task Shares_the_work_with_other_replicas()
    {
        for (var i = 0; i < 120; i++)
        {
            await Create(10, released: true);
        }

        services.Time.Advance(TimeSpan.FromMinutes(11));
        var passes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Sweeper.Sweep(CancellationToken.None)));
        passes.Sum(pass => pass.Released.Blobs).ShouldBe(120);
        (await StorageAudit.CountBlobs(services.ConnectionString)).ShouldBe(0);
    }

    [Test]
    public async Task Passes_over_a_blob_that_another_transaction_holds()
    {
        var held = await Create(10, released: true);
        await Create(10, released: true);
        services.Time.Advance(TimeSpan.FromMinutes(11));
        (await SweepWhileHeld(held)).Released.Blobs.ShouldBe(1);
        (await Sweeper.Sweep(CancellationToken.None)).Released.Blobs.ShouldBe(1);
    }

    [Test]
    public async Task Finishes_what_a_pass_before_it_left_half_done()
    {
        await Create(10, released: true);
        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using var unlink = source.CreateCommand("SELECT lo_unlink(large_object) FROM blobs");
        await unlink.ExecuteNonQueryAsync();
        services.Time.Advance(TimeSpan.FromMinutes(11));
        (await Sweeper.Sweep(CancellationToken.None)).Released.Blobs.ShouldBe(1);
        (await StorageAudit.CountBlobs(services.ConnectionString)).ShouldBe(0);
    }

    [Test]
    public Task Passes_over_a_blob_that_cannot_be_deleted_and_reclaims_the_others() => PassesOverOneReferredTo();

    [Test]
    public async Task Passes_over_a_blob_in_a_bucket_that_cannot_be_deleted_and_reclaims_the_others()
    {
        await services.DisposeAsync();
        var s3 = await S3Services.Start();
        await using var bucket = s3.Bucket;
        services = s3.Services;
        await PassesOverOneReferredTo();
    }

    /// <summary>A pass that does not wait for the transaction that holds a blob.</summary>
    private async Task<SweepResult> SweepWhileHeld(Guid blobId)
    {
        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("SELECT FROM blobs WHERE id = $1 FOR UPDATE", connection, transaction)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = blobId } },
        };
        await hold.ExecuteNonQueryAsync();
        return await Sweeper.Sweep(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
    }

    private async Task PassesOverOneReferredTo()
    {
        var referred = await Create(10, released: true);
        for (var i = 0; i < 3; i++)
        {
            await Create(10, released: true);
        }

        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using var refer = source.CreateCommand(
            $"""
            INSERT INTO sessions VALUES (gen_random_uuid(), 1, 'uuid', 'unit', 0, 0, 0, 1);
            INSERT INTO session_points (session_id, name, file_name, blob_id) SELECT id, 'point', 'file', '{referred}' FROM sessions
            """);
        await refer.ExecuteNonQueryAsync();
        services.Time.Advance(TimeSpan.FromMinutes(11));
        (await Sweeper.Sweep(CancellationToken.None)).Released.ShouldBe(new Reclaimed(3, 30, 1));
        (await StorageAudit.CountBlobs(services.ConnectionString)).ShouldBe(1);
        var read = await services.InScope(
            scope => scope.GetRequiredService<IBlobStore>().Read(referred, 0, new byte[20], CancellationToken.None));
        read.ShouldBe(10);
    }

    private async Task<Guid> Create(int length, bool released)
    {
        var blob = Blob.CreatePending("image/png", Guid.NewGuid(), services.Time.GetUtcNow());
        await services.InScope(
            scope => scope.GetRequiredService<IBlobStore>().Create([new NewBlob(blob, new byte[length])], CancellationToken.None));
        if (released)
        {
            await Set(blob.Id, row => row.SetProperty(it => it.ReleasedAt, services.Time.GetUtcNow()));
        }

        return blob.Id;
    }

    private Task Set(Guid id, Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<Blob>> set) => services.InScope(scope =>
        scope.GetRequiredService<IAttachmentsDb>().Blobs.Where(blob => blob.Id == id).ExecuteUpdateAsync(set));

    private async Task<long> RowsRead()
    {
        // What a connection has done is told when it has been idle for a while, or asks for it.
        await using (var pool = NpgsqlDataSource.Create(services.ConnectionString))
        {
            await pool.CreateCommand("SELECT pg_stat_force_next_flush()").ExecuteNonQueryAsync();
        }

        await services.Provider.GetRequiredService<NpgsqlDataSource>()
            .CreateCommand("SELECT pg_stat_force_next_flush()").ExecuteNonQueryAsync();
        return await Sql.Scalar<long>(
            services.ConnectionString,
            "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'blobs'");
    }
}
