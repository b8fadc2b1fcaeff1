using Attachments.Application.Common;
using Attachments.Application.Content;
using Attachments.Domain.Content;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Content;

/// <summary>What every <see cref="IBlobStore"/> must do, whatever it keeps the bytes in.</summary>
internal abstract class BlobStoreContract
{
    private static readonly int[] Lengths = [0, 1, 2047, 2048, 2049, 4096, 65_537, 1 << 20];

    private TestServices services = null!;

    [OneTimeSetUp]
    public async Task Start() => services = await StartServices();

    [OneTimeTearDown]
    public async Task Stop() => await services.DisposeAsync();

    /// <summary>Services that keep bytes in the store under test.</summary>
    protected abstract Task<TestServices> StartServices();

    [TestCaseSource(nameof(Lengths))]
    public async Task Reads_back_a_stored_blob(int length)
    {
        var content = RandomBytes(length);
        var id = await CreateStored(content);
        (await ReadAll(id)).ShouldBe(content);
    }

    [TestCaseSource(nameof(Lengths))]
    public async Task Reads_back_a_pending_blob_that_came_in_two_pieces(int length)
    {
        var content = RandomBytes(length + 3000);
        var id = await CreatePending(content[..length]);
        await InStore(store => store.Append(id, length, content.AsMemory(length), CancellationToken.None));
        (await ReadAll(id)).ShouldBe(content);
    }

    [Test]
    public async Task Reads_any_range()
    {
        var content = RandomBytes(10_000);
        var id = await CreateStored(content);
        var random = new Random(1);
        for (var i = 0; i < 100; i++)
        {
            var from = random.Next(content.Length);
            var to = random.Next(from, content.Length + 1);
            var buffer = new byte[to - from];
            (await InStore(store => store.Read(id, from, buffer, CancellationToken.None))).ShouldBe(to - from);
            buffer.ShouldBe(content[from..to]);
        }
    }

    [Test]
    public async Task Reads_what_is_left_when_the_buffer_is_larger_and_nothing_at_or_past_the_end()
    {
        var id = await CreateStored(RandomBytes(100));
        (await InStore(store => store.Read(id, 90, new byte[50], CancellationToken.None))).ShouldBe(10);
        (await InStore(store => store.Read(id, 100, new byte[50], CancellationToken.None))).ShouldBe(0);
        (await InStore(store => store.Read(id, 5L << 30, new byte[50], CancellationToken.None))).ShouldBe(0);
    }

    [Test]
    public async Task Keeps_bytes_past_four_gibibytes_apart_from_those_before()
    {
        // An offset cut to 32 bits would land on the first page.
        var id = await CreatePending(RandomBytes(10));
        await Should.ThrowAsync<BlobGoneException>(
            () => InStore(store => store.Append(id, (1L << 32) + 10, RandomBytes(10), CancellationToken.None)));
        (await InStore(store => store.Read(id, 1L << 32, new byte[10], CancellationToken.None))).ShouldBe(0);
    }

    [Test]
    public async Task Records_the_progress_of_a_pending_blob()
    {
        var id = await CreatePending(RandomBytes(10));
        services.Time.Advance(TimeSpan.FromMinutes(1));
        await InStore(store => store.Append(id, 10, RandomBytes(20), CancellationToken.None));
        var blob = await Row(id);
        blob!.Length.ShouldBe(30);
        blob.TouchedAt.ShouldBe(services.Time.GetUtcNow());
    }

    [TestCase(0)]
    [TestCase(9)]
    [TestCase(11)]
    public async Task Refuses_to_append_anywhere_but_at_the_end(int offset)
    {
        var content = RandomBytes(10);
        var id = await CreatePending(content);
        var error = await Should.ThrowAsync<BlobGoneException>(
            () => InStore(store => store.Append(id, offset, RandomBytes(5), CancellationToken.None)));
        error.BlobId.ShouldBe(id);
        (await ReadAll(id)).ShouldBe(content);
    }

    [Test]
    public async Task Refuses_to_append_to_a_stored_blob()
    {
        var content = RandomBytes(10);
        var id = await CreateStored(content);
        await Should.ThrowAsync<BlobGoneException>(() => InStore(store => store.Append(id, 10, RandomBytes(5), CancellationToken.None)));
        (await ReadAll(id)).ShouldBe(content);
    }

    [Test]
    public async Task Refuses_to_append_to_or_read_a_blob_that_is_not_there()
    {
        var id = Guid.CreateVersion7();
        await Should.ThrowAsync<BlobGoneException>(() => InStore(store => store.Append(id, 0, RandomBytes(5), CancellationToken.None)));
        await Should.ThrowAsync<BlobGoneException>(() => InStore(store => store.Read(id, 0, new byte[5], CancellationToken.None)));
    }

    [Test]
    public async Task Deletes_bytes_and_does_not_mind_when_they_are_gone_already()
    {
        var (first, second) = (await CreateStored(RandomBytes(100)), await CreatePending(RandomBytes(100)));
        await Delete(first, second);
        await Should.ThrowAsync<BlobGoneException>(() => InStore(store => store.Read(first, 0, new byte[5], CancellationToken.None)));
        await Should.ThrowAsync<BlobGoneException>(() => InStore(store => store.Read(second, 0, new byte[5], CancellationToken.None)));
        await Delete(first, second, Guid.CreateVersion7());
    }

    [Test]
    public async Task Leaves_neither_row_nor_bytes_of_a_stored_blob_whose_change_fails()
    {
        var blob = Stored(100);
        await Should.ThrowAsync<ConflictException>(() => services.InScope(scope =>
            scope.GetRequiredService<IAttachmentsDb>().Change<bool>(
                async token =>
                {
                    await scope.GetRequiredService<IBlobStore>().Create(blob, RandomBytes(100), token);
                    throw new ConflictException("test", "The change fails.");
                },
                CancellationToken.None)));
        (await Row(blob.Id)).ShouldBeNull();
        (await StorageAudit.Inspect(services.ConnectionString)).ShouldNotContain(fault => fault.Contains("without a blob"));
    }

    [Test]
    public async Task A_pending_blob_is_known_by_its_row_from_its_first_byte_on()
    {
        var id = await CreatePending([]);
        var blob = await Row(id);
        blob!.State.ShouldBe(BlobState.Pending);
        blob.Length.ShouldBe(0);
        blob.Sha256.ShouldBeNull();
    }

    private static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    private async Task<Guid> CreateStored(byte[] content)
    {
        var blob = Stored(content.Length);
        await services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Change(
            async token =>
            {
                await scope.GetRequiredService<IBlobStore>().Create(blob, content, token);
                return true;
            },
            CancellationToken.None));
        return blob.Id;
    }

    private Blob Stored(int length)
    {
        var blob = Blob.Pending("image/png", Guid.NewGuid(), services.Time.GetUtcNow());
        blob.Complete(length, new byte[16], new byte[32], services.Time.GetUtcNow());
        return blob;
    }

    private async Task<Guid> CreatePending(byte[] content)
    {
        var blob = Blob.Pending("image/png", Guid.NewGuid(), services.Time.GetUtcNow());
        await InStore(store => store.Create(blob, content, CancellationToken.None));
        return blob.Id;
    }

    private async Task<byte[]> ReadAll(Guid id)
    {
        var all = new byte[2 << 20];
        return all[..await InStore(store => store.Read(id, 0, all, CancellationToken.None))];
    }

    private Task Delete(params Guid[] ids) => services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Change(
        async token =>
        {
            await scope.GetRequiredService<IBlobStore>().Delete(ids, token);
            return true;
        },
        CancellationToken.None));

    private Task<Blob?> Row(Guid id) => services.InScope(
        scope => scope.GetRequiredService<IAttachmentsDb>().Blobs.AsNoTracking().SingleOrDefaultAsync(blob => blob.Id == id));

    private Task InStore(Func<IBlobStore, Task> act) => services.InScope(scope => act(scope.GetRequiredService<IBlobStore>()));

    private Task<T> InStore<T>(Func<IBlobStore, Task<T>> act) => services.InScope(scope => act(scope.GetRequiredService<IBlobStore>()));
}

[TestFixture]
internal sealed class LargeObjectBlobStoreTests : BlobStoreContract
{
    protected override Task<TestServices> StartServices() => TestServices.Start();
}
