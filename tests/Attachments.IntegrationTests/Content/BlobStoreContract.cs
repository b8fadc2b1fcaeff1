using System.IO.Hashing;
using System.Security.Cryptography;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
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

    private TestServices? services;

    protected TestServices Services => services ?? throw new InvalidOperationException("The services have not been started.");

    [OneTimeSetUp]
    public async Task Start() => services = await StartServices();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (services is not null)
        {
            await services.DisposeAsync();
        }
    }

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
        var piece = await PieceBytes();
        var content = RandomBytes(piece + length + 1);
        var id = await CreatePending(content[..piece]);
        await InStore(store => store.Append(id, piece, content.AsMemory(piece), CancellationToken.None));
        await InStore(store => store.Complete(id, content.Length, CancellationToken.None));
        (await ReadAll(id)).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Test]
    public async Task Reads_back_a_pending_blob_of_just_one_full_piece()
    {
        var content = RandomBytes(await PieceBytes());
        var id = await CreatePending(content);
        await InStore(store => store.Complete(id, content.Length, CancellationToken.None));
        (await ReadAll(id)).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Test]
    public async Task Finishes_a_blob_though_it_is_told_to_twice()
    {
        var content = RandomBytes(await PieceBytes());
        var id = await CreatePending(content);
        await InStore(store => store.Complete(id, content.Length, CancellationToken.None));
        await InStore(store => store.Complete(id, content.Length, CancellationToken.None));
        (await ReadAll(id)).Length.ShouldBe(content.Length);
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
        var piece = await PieceBytes();
        var id = await CreatePending(RandomBytes(piece));
        Services.Time.Advance(TimeSpan.FromMinutes(1));
        await InStore(store => store.Append(id, piece, RandomBytes(20), CancellationToken.None));
        var blob = await Row(id);
        blob!.Length.ShouldBe(piece + 20);
        blob.TouchedAt.ShouldBe(Services.Time.GetUtcNow());
    }

    [Test]
    public async Task Refuses_to_append_anywhere_but_at_the_end()
    {
        var piece = await PieceBytes();
        var content = RandomBytes(piece);
        var id = await CreatePending(content);
        foreach (var offset in new[] { 0, piece - 1, piece + 1, 2 * piece })
        {
            var error = await Should.ThrowAsync<BlobGoneException>(
                () => InStore(store => store.Append(id, offset, RandomBytes(5), CancellationToken.None)));
            error.BlobId.ShouldBe(id);
        }

        await InStore(store => store.Complete(id, piece, CancellationToken.None));
        (await ReadAll(id)).AsSpan().SequenceEqual(content).ShouldBeTrue();
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
    public async Task Leaves_the_rest_of_a_deletion_to_the_one_who_repeats_it()
    {
        var ids = new[] { await CreateStored(RandomBytes(100)), await CreatePending(RandomBytes(100)), await CreateStored([]) };
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Delete(ids, cancelled.Token));
        await Delete(ids);
        foreach (var id in ids)
        {
            await Should.ThrowAsync<BlobGoneException>(() => InStore(store => store.Read(id, 0, new byte[5], CancellationToken.None)));
        }
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

    protected static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    /// <summary>As the store has it: in the transaction that completes the blob, or before.</summary>
    protected async Task<Guid> CreateStored(byte[] content)
    {
        if (!await Services.InScope(scope => Task.FromResult(scope.GetService<ITransactionalBlobStore>() is not null)))
        {
            var id = await CreatePending(content);
            await InStore(store => store.Complete(id, content.Length, CancellationToken.None));
            await InChange(async (db, _) => Complete(await db.Blobs.SingleAsync(row => row.Id == id), content));
            return id;
        }

        var blob = Complete(Blob.CreatePending("image/png", Guid.NewGuid(), Services.Time.GetUtcNow()), content);
        await CreateStored(blob, content);
        return blob.Id;
    }

    protected Task CreateStored(Blob blob, byte[] content, Exception? failure = null) => Services.InScope(scope =>
        scope.GetRequiredService<IAttachmentsDb>().Change(
            async token =>
            {
                await scope.CreateStored(blob, content, token);
                return failure is null ? true : throw failure;
            },
            CancellationToken.None));

    protected Blob Complete(Blob blob, byte[] content)
    {
        blob.Complete(content.Length, new ContentDigests(MD5.HashData(content), SHA256.HashData(content), Crc32.HashToUInt32(content)), Services.Time.GetUtcNow());
        return blob;
    }

    protected Task InChange(Func<IAttachmentsDb, IBlobStore, Task> act) => Services.InScope(scope =>
    {
        var db = scope.GetRequiredService<IAttachmentsDb>();
        return db.Change(
            async _ =>
            {
                await act(db, scope.GetRequiredService<IBlobStore>());
                return true;
            },
            CancellationToken.None);
    });

    protected async Task<Guid> CreatePending(byte[] content)
    {
        var blob = Blob.CreatePending("image/png", Guid.NewGuid(), Services.Time.GetUtcNow());
        await InStore(store => store.Create([new NewBlob(blob, content)], CancellationToken.None));
        return blob.Id;
    }

    protected async Task<byte[]> ReadAll(Guid id)
    {
        var all = new byte[await PieceBytes() + (2 << 20)];
        return all[..await InStore(store => store.Read(id, 0, all, CancellationToken.None))];
    }

    protected Task<int> PieceBytes() => InStore(store => Task.FromResult(store.PieceBytes));

    protected Task<Blob?> Row(Guid id) => Services.InScope(
        scope => scope.GetRequiredService<IAttachmentsDb>().Blobs.AsNoTracking().SingleOrDefaultAsync(blob => blob.Id == id));

    protected Task InStore(Func<IBlobStore, Task> act) => Services.InScope(scope => act(scope.GetRequiredService<IBlobStore>()));

    protected Task<T> InStore<T>(Func<IBlobStore, Task<T>> act) => Services.InScope(scope => act(scope.GetRequiredService<IBlobStore>()));

    private Task Delete(params Guid[] ids) => Delete(ids, CancellationToken.None);

    private Task Delete(Guid[] ids, CancellationToken cancellationToken) =>
        InChange((db, store) => store.Delete(ids, db.Transaction, cancellationToken));
}

[TestFixture]
internal sealed class LargeObjectBlobStoreTests : BlobStoreContract
{
    [Test]
    public async Task Leaves_neither_row_nor_bytes_of_a_stored_blob_whose_change_fails()
    {
        var content = RandomBytes(100);
        var blob = Complete(Blob.CreatePending("image/png", Guid.NewGuid(), Services.Time.GetUtcNow()), content);
        await Should.ThrowAsync<ConflictException>(
            () => CreateStored(blob, content, new ConflictException("test", "The change fails.")));
        (await Row(blob.Id)).ShouldBeNull();
        (await StorageAudit.Inspect(Services.ConnectionString)).ShouldNotContain(fault => fault.Contains("without a blob"));
    }

    protected override Task<TestServices> StartServices() => TestServices.Start();
}
