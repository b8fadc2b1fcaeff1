using System.Security.Cryptography;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Content;

/// <summary>Files that are written over several requests: what counts is on disk, and only who took over last writes.</summary>
[TestFixture]
internal sealed class DirectoryResumableBlobStoreTests
{
    private DirectoryServices files = null!;

    private TestServices Services => files.Services;

    [OneTimeSetUp]
    public async Task Start() => files = await DirectoryServices.Start();

    [OneTimeTearDown]
    public ValueTask Stop() => files.DisposeAsync();

    [Test]
    public async Task A_request_that_was_left_behind_writes_nothing()
    {
        var id = await Begin();
        var left = await TakeOver(id);
        (await Write(left, 0, [1, 1], 2)).ShouldBeTrue();
        var taken = await TakeOver(id);
        taken.Length.ShouldBe(2);
        (await Write(taken, 2, [2, 2], 4)).ShouldBeTrue();
        (await Write(left with { Length = 2 }, 2, [9, 9, 9], 5)).ShouldBeFalse();
        (await Settle(left with { Length = 2 }, 2, [9], 3)).ShouldBeFalse();
        await Complete(id, 4);
        (await File.ReadAllBytesAsync(files.Directory.GetPath(id))).ShouldBe([1, 1, 2, 2]);
    }

    [Test]
    public async Task Who_takes_over_waits_for_the_piece_that_another_is_writing()
    {
        var id = await Begin();
        (await Write(await TakeOver(id), 0, [1, 1], 2)).ShouldBeTrue();
        var taken = await TakeOver(id);
        Task<bool> writing;
        await using (new FileStream(files.Directory.GetPendingPath(id), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            writing = Write(taken, 2, [2], 3);
            (await Task.WhenAny(writing, Task.Delay(TimeSpan.FromMilliseconds(300)))).ShouldNotBe(writing);
        }

        (await writing).ShouldBeTrue();
    }

    [Test]
    public async Task What_never_counted_is_written_over_or_cut_off()
    {
        var id = await Begin();
        var lease = await TakeOver(id);
        (await Write(lease, 0, RandomNumberGenerator.GetBytes(5000), 0)).ShouldBeTrue();
        (await Settle(lease, 0, [1, 2, 3], 3)).ShouldBeTrue();
        (await Length(id)).ShouldBe(3);
        await Complete(id, 3);
        (await File.ReadAllBytesAsync(files.Directory.GetPath(id))).ShouldBe([1, 2, 3]);
    }

    [Test]
    public async Task Completes_an_empty_file_and_does_so_twice()
    {
        var id = await Begin();
        await Complete(id, 0);
        await Complete(id, 0);
        new FileInfo(files.Directory.GetPath(id)).Length.ShouldBe(0);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_upload_whose_file_is_lost_is_given_up(bool isCut)
    {
        var id = await Begin();
        var lease = await TakeOver(id);
        (await Write(lease, 0, [1, 2, 3], 3)).ShouldBeTrue();
        if (isCut)
        {
            await File.WriteAllBytesAsync(files.Directory.GetPendingPath(id), [1, 2]);
        }
        else
        {
            File.Delete(files.Directory.GetPendingPath(id));
        }

        (await Write(lease with { Length = 3 }, 3, [4], 4)).ShouldBeFalse();
        (await InStore(store => store.TakeOver(id, CancellationToken.None))).ShouldBeNull();
    }

    [Test]
    public async Task An_upload_that_cannot_be_completed_is_given_up()
    {
        var id = await Begin();
        (await Write(await TakeOver(id), 0, [1, 2, 3], 3)).ShouldBeTrue();
        File.Delete(files.Directory.GetPendingPath(id));
        await Should.ThrowAsync<BlobGoneException>(() => Complete(id, 3));
        (await InStore(store => store.TakeOver(id, CancellationToken.None))).ShouldBeNull();
    }

    [Test]
    public async Task Leaves_no_file_of_a_blob_that_is_no_more()
    {
        var id = await Begin();
        var lease = await TakeOver(id);
        await Sql.Execute(Services.ConnectionString, $"DELETE FROM blobs WHERE id = '{id}'");
        (await Write(lease, 0, [1], 1)).ShouldBeFalse();
        files.Directory.Names().ShouldNotContain(name => name.StartsWith(id.ToString(), StringComparison.Ordinal));
    }

    [Test]
    public async Task A_limit_of_the_size_of_files_is_a_store_that_is_unavailable()
    {
        var id = await Begin();
        var lease = await TakeOver(id);

        // More than any file system takes: EFBIG.
        (await Should.ThrowAsync<UnavailableException>(() => Write(lease, long.MaxValue - 10, new byte[5], 0)))
            .Code.ShouldBe("store_unavailable");
        (await Write(lease, 0, [1], 1)).ShouldBeTrue();
    }

    private Task<Guid> Begin() => Services.InScope(async scope =>
    {
        var blob = Blob.CreatePending("image/png", Guid.NewGuid(), Services.Time.GetUtcNow());
        var db = scope.GetRequiredService<IAttachmentsDb>();
        await db.Change(
            token => scope.GetRequiredService<IResumableBlobStore>().Start(blob, db.Transaction, token), CancellationToken.None);
        return blob.Id;
    });

    private async Task<BlobLease> TakeOver(Guid id) => (await InStore(store => store.TakeOver(id, CancellationToken.None))).ShouldNotBeNull();

    private Task<bool> Write(BlobLease lease, long position, byte[] content, long length) =>
        InStore(store => store.Write(lease, position, content, length, CancellationToken.None));

    private Task<bool> Settle(BlobLease lease, long position, byte[] content, long length) =>
        InStore(store => store.Settle(lease, position, content, length, CancellationToken.None));

    private Task Complete(Guid id, long length) => InStore(async store =>
    {
        await store.Complete(id, length, CancellationToken.None);
        return true;
    });

    private Task<long> Length(Guid id) => Sql.Scalar<long>(Services.ConnectionString, $"SELECT length FROM blobs WHERE id = '{id}'");

    private Task<T> InStore<T>(Func<IResumableBlobStore, Task<T>> act) =>
        Services.InScope(scope => act(scope.GetRequiredService<IResumableBlobStore>()));
}
