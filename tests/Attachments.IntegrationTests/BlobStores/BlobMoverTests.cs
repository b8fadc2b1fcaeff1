using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.BlobStores.Migration;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.IntegrationTests.BlobStores;

[TestFixture]
internal sealed class BlobMoverTests
{
    private const int Piece = 8 << 20;

    private readonly Dictionary<Guid, byte[]> contents = [];
    private S3Services s3 = null!;
    private TestServices inBucket = null!;

    /// <summary>New blobs go to the database with these.</summary>
    private TestServices Services => s3.Services;

    [SetUp]
    public async Task Start()
    {
        contents.Clear();
        s3 = await S3Services.Start(StorageProvider.LargeObject);
        inBucket = s3.With(new StorageOptions { Provider = StorageProvider.S3, S3 = s3.Bucket.Options });
    }

    [TearDown]
    public async Task Stop()
    {
        if (s3 is not null)
        {
            await inBucket.DisposeAsync();
            await s3.DisposeAsync();
        }
    }

    [Test]
    public async Task Moves_all_there_and_back_and_leaves_nothing_behind()
    {
        foreach (var length in new[] { 0, 1, 300_000, Piece, Piece + 1, (2 * Piece) + 77 })
        {
            await Store(Services, length);
        }

        var all = new MoveResult(contents.Count, contents.Values.Sum(content => (long)content.Length), 0);
        (await Move(StorageProvider.S3)).ShouldBe(all);
        await ShouldReadAll();
        (await Move(StorageProvider.S3)).ShouldBe(new MoveResult(0, 0, 0));
        await SweepLater();
        (await LargeObjects()).ShouldBe(0);
        await ShouldReadAll();

        (await Move(StorageProvider.LargeObject)).ShouldBe(all);
        await ShouldReadAll();
        await SweepLater();
        (await s3.Bucket.Keys()).ShouldBeEmpty();
        (await LargeObjects()).ShouldBe(contents.Count);
        await ShouldReadAll();
        await s3.ShouldBeSound();
    }

    [Test]
    public async Task Keeps_the_old_copy_for_as_long_as_bytes_outlive_their_reference()
    {
        await Store(Services, 1000);
        await Move(StorageProvider.S3);
        Services.Time.Advance(TimeSpan.FromMinutes(9));
        await Sweep();
        (await LargeObjects()).ShouldBe(1);
        Services.Time.Advance(TimeSpan.FromMinutes(1));
        await Sweep();
        (await LargeObjects()).ShouldBe(0);
    }

    [TestCase(StorageProvider.S3)]
    [TestCase(StorageProvider.LargeObject)]
    public async Task A_download_that_has_begun_ends_whole_though_its_copy_is_deleted(StorageProvider to)
    {
        var id = await Store(to == StorageProvider.S3 ? Services : inBucket, 5_000_000);
        var slow = new GatedStream();
        var copying = Services.InScope(
            scope => scope.GetRequiredService<BlobReader>().CopyTo(
                id, 0, contents[id].Length, PipeWriter.Create(slow), CancellationToken.None));
        await slow.Asked;
        await Move(to);
        await SweepLater();
        (await LargeObjects()).ShouldBe(to == StorageProvider.S3 ? 0 : 1);
        (await s3.Bucket.Keys()).Count.ShouldBe(to == StorageProvider.S3 ? 1 : 0);
        slow.Open();
        await copying;
        slow.ToArray().AsSpan().SequenceEqual(contents[id]).ShouldBeTrue();
    }

    [Test]
    public async Task Goes_on_from_where_a_move_to_the_bucket_was_cut_short()
    {
        var id = await Store(Services, Piece + 10);
        await Execute("UPDATE blobs SET in_s3 = TRUE");
        await s3.Bucket.LeaveUpload(TestBucket.GetKey(id));
        await s3.Bucket.Put(TestBucket.GetKey(id), [1, 2, 3]);
        await ShouldReadAll();
        (await Move(StorageProvider.S3)).Blobs.ShouldBe(1);
        (await s3.Bucket.Uploads()).ShouldBeEmpty();
        await SweepLater();
        await ShouldReadAll();
        await s3.ShouldBeSound();
    }

    [Test]
    public async Task Goes_on_from_where_a_move_to_the_database_was_cut_short()
    {
        await Store(inBucket, 300_000);
        await Execute("UPDATE blobs SET large_object = lo_from_bytea(0, 'abc')");
        await ShouldReadAll();
        (await Move(StorageProvider.LargeObject)).Blobs.ShouldBe(1);
        await SweepLater();
        await ShouldReadAll();
        (await LargeObjects()).ShouldBe(1);
        (await s3.Bucket.Keys()).ShouldBeEmpty();
        await s3.ShouldBeSound();
    }

    [TestCase(StorageProvider.S3)]
    [TestCase(StorageProvider.LargeObject)]
    public async Task The_sweeper_deletes_the_part_of_a_copy_that_nobody_goes_on_with(StorageProvider to)
    {
        var id = await LeaveCopy(to);
        await SweepLater();
        (await Scalar<bool>("SELECT in_s3 AND large_object IS NOT NULL FROM blobs")).ShouldBeFalse();
        (await s3.Bucket.Keys()).ShouldBe(to == StorageProvider.S3 ? [] : [TestBucket.GetKey(id)]);
        await ShouldReadAll();
        await s3.ShouldBeSound();
    }

    [TestCase(StorageProvider.S3)]
    [TestCase(StorageProvider.LargeObject)]
    public async Task The_sweeper_leaves_the_copies_alone_that_a_mover_is_making(StorageProvider to)
    {
        await LeaveCopy(to);
        await using var source = NpgsqlDataSource.Create(Services.ConnectionString);
        await using var mover = await source.OpenConnectionAsync();
        await using var take = new NpgsqlCommand($"SELECT pg_advisory_lock({StaleCopyReclaimer.GetLockKey(to)})", mover);
        await take.ExecuteNonQueryAsync();
        await SweepLater();
        (await Scalar<bool>("SELECT in_s3 AND large_object IS NOT NULL FROM blobs")).ShouldBeTrue();
    }

    [TestCase(StorageProvider.S3)]
    [TestCase(StorageProvider.LargeObject)]
    public async Task The_sweeper_locks_no_blob_in_use_while_the_bucket_does_not_answer(StorageProvider to)
    {
        await LeaveCopy(to);
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        await using var services = WithEngineAt(deaf);
        services.Time.Advance(TimeSpan.FromMinutes(11));
        using var enough = new CancellationTokenSource();
        var sweeping = services.Provider.GetRequiredService<Sweeper>().Sweep(enough.Token);
        using var asked = await deaf.AcceptTcpClientAsync();
        await Execute("SELECT FROM blobs FOR UPDATE NOWAIT");
        await enough.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sweeping);
    }

    [Test]
    public async Task The_sweeper_passes_over_a_copy_whose_row_another_holds()
    {
        await Store(Services, 1000);
        await Move(StorageProvider.S3);
        await using var source = NpgsqlDataSource.Create(Services.ConnectionString);
        await using var holder = await source.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("SELECT FROM blobs FOR UPDATE", holder, transaction);
        await hold.ExecuteNonQueryAsync();
        await SweepLater();
        (await LargeObjects()).ShouldBe(1);
        await transaction.RollbackAsync();
        await SweepLater();
        (await LargeObjects()).ShouldBe(0);
    }

    [Test]
    public async Task The_sweeper_keeps_the_old_copy_of_a_blob_whose_new_one_is_lost()
    {
        var id = await Store(Services, 1000);
        await Move(StorageProvider.S3);
        await s3.Bucket.Delete(TestBucket.GetKey(id));
        await SweepLater();
        (await LargeObjects()).ShouldBe(1);
    }

    [Test]
    public async Task Goes_back_to_the_large_object_of_a_blob_whose_object_is_lost()
    {
        var id = await Store(Services, 1000);
        await Move(StorageProvider.S3);
        await s3.Bucket.Delete(TestBucket.GetKey(id));
        await SweepLater();
        (await Move(StorageProvider.LargeObject)).ShouldBe(new MoveResult(1, 1000, 0));
        await ShouldReadAll();
        await SweepLater();
        await ShouldReadAll();
        await s3.ShouldBeSound();
    }

    [Test]
    public async Task Goes_back_to_the_object_of_a_blob_whose_large_object_is_damaged()
    {
        await Store(inBucket, 1000);
        await Move(StorageProvider.LargeObject);
        await Execute("UPDATE blobs SET touched_at = touched_at RETURNING lo_put(large_object, 5, 'damage')");
        (await Move(StorageProvider.S3)).ShouldBe(new MoveResult(1, 1000, 0));
        await ShouldReadAll();
        await SweepLater();
        await ShouldReadAll();
        await s3.ShouldBeSound();
    }

    [Test]
    public async Task Makes_the_copy_of_an_empty_blob_whose_earlier_one_is_lost()
    {
        var id = await Store(Services, 0);
        await Execute("UPDATE blobs SET in_s3 = TRUE");
        (await Move(StorageProvider.S3)).Blobs.ShouldBe(1);
        (await s3.Bucket.Keys()).ShouldBe([TestBucket.GetKey(id)]);
    }

    [Test]
    public async Task Leaves_a_damaged_blob_where_it_is_and_moves_the_others()
    {
        var damaged = await Store(Services, 1000);
        await Store(Services, 2000);
        await Execute($"SELECT lo_put(large_object, 5, 'damage') FROM blobs WHERE id = '{damaged}'");
        (await Move(StorageProvider.S3)).ShouldBe(new MoveResult(1, 2000, 1));
        (await Scalar<short>($"SELECT store FROM blobs WHERE id = '{damaged}'")).ShouldBe((short)0);
        await SweepLater();
        (await s3.Bucket.Keys()).Count.ShouldBe(1);
    }

    [Test]
    public async Task Tries_the_others_when_the_bucket_refuses_one()
    {
        await Store(Services, 1000);
        await Store(Services, 2000);
        await using var contrary = await ContraryEngine.Start(s3.Bucket.Options);
        contrary.Rule = request => request.StartsWith("PUT ", StringComparison.Ordinal)
            && !request.EndsWith(TestBucket.MarkerKey, StringComparison.Ordinal)
            ? new Contrariness(400, "InvalidRequest")
            : null;
        await using var services = s3.With(new StorageOptions { S3 = contrary.Options });
        var result = await services.InScope(
            scope => scope.GetRequiredService<BlobMover>().Move(StorageProvider.S3, CancellationToken.None));
        result.ShouldBe(new MoveResult(0, 0, 2));
        await ShouldReadAll();
    }

    [Test]
    public async Task Moves_neither_what_is_released_nor_what_is_still_arriving()
    {
        await Store(Services, 1000);
        await Execute("UPDATE blobs SET released_at = touched_at");
        await Services.InScope(scope => scope.GetRequiredService<IBlobStore>().Create(
            [new NewBlob(Blob.CreatePending("image/png", Guid.NewGuid(), Services.Time.GetUtcNow()), new byte[10])],
            CancellationToken.None));
        (await Move(StorageProvider.S3)).ShouldBe(new MoveResult(0, 0, 0));
        (await s3.Bucket.Keys()).ShouldBeEmpty();
    }

    [TestCase(StorageProvider.S3)]
    [TestCase(StorageProvider.LargeObject)]
    public async Task Reclaims_both_copies_of_a_blob_that_is_released_after_it_was_moved(StorageProvider to)
    {
        await Store(to == StorageProvider.S3 ? Services : inBucket, 1000);
        await Move(to);
        await Execute("UPDATE blobs SET released_at = touched_at");
        await SweepLater();
        (await StorageAudit.CountBlobs(Services.ConnectionString)).ShouldBe(0);
        (await LargeObjects()).ShouldBe(0);
        (await s3.Bucket.Keys()).ShouldBeEmpty();
    }

    [Test]
    public async Task Reclaims_a_released_blob_whose_object_is_lost()
    {
        var id = await Store(Services, 1000);
        await Move(StorageProvider.S3);
        await s3.Bucket.Delete(TestBucket.GetKey(id));
        await Execute("UPDATE blobs SET released_at = touched_at");
        await SweepLater();
        (await StorageAudit.CountBlobs(Services.ConnectionString)).ShouldBe(0);
        (await LargeObjects()).ShouldBe(0);
    }

    [Test]
    public async Task Two_who_move_in_opposite_directions_take_turns()
    {
        for (var i = 0; i < 20; i++)
        {
            await Store(i % 2 == 0 ? Services : inBucket, 1000 + i);
        }

        await Task.WhenAll(Move(StorageProvider.S3), Move(StorageProvider.LargeObject));
        (await Scalar<long>("SELECT count(DISTINCT store) FROM blobs")).ShouldBe(1);
        await ShouldReadAll();
        await SweepLater();
        await ShouldReadAll();
        await s3.ShouldBeSound();
    }

    private TestServices WithEngineAt(TcpListener listener)
    {
        var options = s3.Bucket.Options;
        return s3.With(new StorageOptions
        {
            S3 = new S3Options
            {
                ServiceUrl = $"http://{listener.LocalEndpoint}",
                Bucket = options.Bucket,
                AccessKey = options.AccessKey,
                SecretKey = options.SecretKey,
            },
        });
    }

    private async Task<Guid> Store(TestServices services, int length)
    {
        var (id, content) = await services.Upload(length);
        contents[id] = content;
        return id;
    }

    /// <summary>As a mover leaves it that dies.</summary>
    private async Task<Guid> LeaveCopy(StorageProvider to)
    {
        var id = await Store(to == StorageProvider.S3 ? Services : inBucket, 1000);
        if (to == StorageProvider.S3)
        {
            await Execute("UPDATE blobs SET in_s3 = TRUE");
            await s3.Bucket.Put(TestBucket.GetKey(id), [1, 2, 3]);
            await s3.Bucket.LeaveUpload(TestBucket.GetKey(id));
        }
        else
        {
            await Execute("UPDATE blobs SET large_object = lo_from_bytea(0, 'abc')");
        }

        return id;
    }

    private Task<MoveResult> Move(StorageProvider to) => Services.Move(to);

    private Task SweepLater() => Services.SweepLater();

    private Task Sweep() => Services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);

    private async Task ShouldReadAll()
    {
        foreach (var (id, content) in contents)
        {
            await Services.ShouldRead(id, content);
        }
    }

    private Task<long> LargeObjects() => Scalar<long>("SELECT count(*) FROM pg_largeobject_metadata");

    private async Task<T> Scalar<T>(string query)
    {
        await using var source = NpgsqlDataSource.Create(Services.ConnectionString);
        await using var command = source.CreateCommand(query);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private async Task Execute(string statement)
    {
        await using var source = NpgsqlDataSource.Create(Services.ConnectionString);
        await using var command = source.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Takes the first piece only when it is opened.</summary>
    private sealed class GatedStream : MemoryStream
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => asked.Task;

        public void Open() => gate.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            asked.TrySetResult();
            await gate.Task.WaitAsync(cancellationToken);
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
