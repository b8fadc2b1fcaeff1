using Attachments.Application.Content.Blobs;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Attachments.IntegrationTests.Content;

/// <summary>What a store owes whose bytes are in no transaction, besides what any store does.</summary>
[TestFixture]
internal sealed class S3BlobStoreTests : BlobStoreContract
{
    private S3Services? s3;

    private TestBucket Bucket => s3!.Bucket;

    [OneTimeTearDown]
    public async Task StopBucket()
    {
        if (s3 is not null)
        {
            await s3.Bucket.DisposeAsync();
        }
    }

    [Test]
    public async Task Sweeps_an_upload_in_parts_that_was_abandoned()
    {
        var id = await CreatePending(RandomBytes(await PieceBytes()));
        (await Bucket.Uploads()).ShouldContain(upload => upload.Key == TestBucket.GetKey(id));
        await AbandonAll();
        await ShouldBeGone(id);
    }

    [Test]
    public async Task Sweeps_an_upload_whose_id_nobody_came_to_know()
    {
        var id = await CreatePending([]);
        await Bucket.LeaveUpload(TestBucket.GetKey(id));
        await Bucket.LeaveUpload(TestBucket.GetKey(id));
        await AbandonAll();
        await ShouldBeGone(id);
    }

    [Test]
    public async Task Sweeps_an_object_that_came_and_was_never_recorded()
    {
        var id = await CreatePending([]);
        await Bucket.Put(TestBucket.GetKey(id), RandomBytes(100));
        await AbandonAll();
        await ShouldBeGone(id);
    }

    [Test]
    public async Task Sweeps_the_row_of_an_object_that_a_pass_before_it_deleted()
    {
        var id = await CreatePending(RandomBytes(100));
        await Bucket.Delete(TestBucket.GetKey(id));
        await AbandonAll();
        await ShouldBeGone(id);
    }

    [Test]
    public async Task Does_not_complete_what_a_sweep_that_died_half_way_gave_up()
    {
        var id = await CreatePending(RandomBytes(100));

        // The bytes are gone, and the transaction that would have taken the row is not.
        await using var source = NpgsqlDataSource.Create(Services.ConnectionString);
        await using var release = source.CreateCommand($"UPDATE blobs SET released_at = touched_at WHERE id = '{id}'");
        await release.ExecuteNonQueryAsync();
        await Should.ThrowAsync<BlobGoneException>(() => InStore(store => store.Complete(id, 100, CancellationToken.None)));
    }

    [Test]
    public async Task Leaves_nothing_of_what_arrives_after_its_row_was_reclaimed()
    {
        var piece = await PieceBytes();
        var id = await CreatePending(RandomBytes(piece));
        await AbandonAll();
        await Should.ThrowAsync<BlobGoneException>(
            () => InStore(store => store.Append(id, piece, RandomBytes(10), CancellationToken.None)));
        await ShouldBeGone(id);
    }

    [Test]
    public async Task Takes_a_finish_for_done_whose_answer_was_lost()
    {
        var content = RandomBytes(await PieceBytes() + 10);
        var id = await CreatePending(content[..^10]);
        await InStore(store => store.Append(id, content.Length - 10, content.AsMemory(content.Length - 10), CancellationToken.None));
        await InStore(store => store.Complete(id, content.Length, CancellationToken.None));
        (await Bucket.Uploads()).ShouldNotContain(upload => upload.Key == TestBucket.GetKey(id));
        await InStore(store => store.Complete(id, content.Length, CancellationToken.None));
        (await ReadAll(id)).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Test]
    public async Task Does_not_finish_what_is_not_there()
    {
        var piece = await PieceBytes();
        var id = await CreatePending(RandomBytes(piece));
        foreach (var upload in await Bucket.Uploads())
        {
            await Bucket.Abort(upload);
        }

        await Should.ThrowAsync<BlobGoneException>(() => InStore(store => store.Complete(id, piece, CancellationToken.None)));
    }

    [Test]
    public async Task Says_that_an_object_is_gone_and_not_that_the_store_is()
    {
        var id = await CreateStored(RandomBytes(100));
        await Bucket.Delete(TestBucket.GetKey(id));
        var error = await Should.ThrowAsync<BlobGoneException>(
            () => InStore(store => store.Read(id, 0, new byte[10], CancellationToken.None)));
        error.BlobId.ShouldBe(id);
    }

    [Test]
    public async Task Keeps_no_row_without_an_object_and_no_object_without_a_row()
    {
        await CreateStored(RandomBytes(100));
        await CreatePending(RandomBytes(100));
        (await Bucket.Inspect(Services.ConnectionString)).ShouldNotContain(fault => fault.Contains("without a blob"));
    }

    protected override async Task<TestServices> StartServices()
    {
        s3 = await S3Services.Start();
        return s3.Services;
    }

    private async Task AbandonAll()
    {
        Services.Time.Advance(TimeSpan.FromDays(2));
        await Services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);
    }

    private async Task ShouldBeGone(Guid id)
    {
        (await Row(id)).ShouldBeNull();
        (await Bucket.Keys()).ShouldNotContain(TestBucket.GetKey(id));
        (await Bucket.Uploads()).ShouldNotContain(upload => upload.Key == TestBucket.GetKey(id));
    }
}
