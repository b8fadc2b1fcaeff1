using System.Runtime.Versioning;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Domain.Content;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Content;

/// <summary>What a store of files owes besides what any store does.</summary>
[TestFixture]
internal sealed class DirectoryBlobStoreTests : BlobStoreContract
{
    private DirectoryServices? files;

    private TestDirectory Files => files!.Directory;

    [OneTimeTearDown]
    public void DeleteDirectory() => files?.Directory.Dispose();

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows keeps no modes.")]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_account_of_the_service_can_read_files_and_directories()
    {
        var (stored, pending) = (await CreateStored(RandomBytes(100)), await CreatePending(RandomBytes(100)));
        File.GetUnixFileMode(Files.GetPath(stored)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Files.GetPendingPath(pending)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var directory = Path.GetDirectoryName(Files.GetPath(stored))!;
        foreach (var made in new[] { directory, Path.GetDirectoryName(directory)! })
        {
            File.GetUnixFileMode(made).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Test]
    public async Task A_file_has_its_name_only_once_it_is_whole()
    {
        var content = RandomBytes(await PieceBytes());
        var id = await CreatePending(content);
        File.Exists(Files.GetPath(id)).ShouldBeFalse();
        await InStore(store => store.Complete(id, content.Length, CancellationToken.None));
        File.Exists(Files.GetPath(id)).ShouldBeTrue();
        File.Exists(Files.GetPendingPath(id)).ShouldBeFalse();
    }

    [Test]
    public async Task Cuts_off_what_a_failed_write_left_past_the_end()
    {
        var content = RandomBytes(1000);
        var id = await CreatePending(content);
        await using (var file = File.Open(Files.GetPendingPath(id), FileMode.Append))
        {
            await file.WriteAsync(new byte[500]);
        }

        await InStore(store => store.Complete(id, content.Length, CancellationToken.None));
        (await ReadAll(id)).ShouldBe(content);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Does_not_finish_what_is_not_there(bool isShorter)
    {
        var id = await CreatePending(RandomBytes(1000));
        if (isShorter)
        {
            await File.WriteAllBytesAsync(Files.GetPendingPath(id), new byte[999]);
        }
        else
        {
            File.Delete(Files.GetPendingPath(id));
        }

        await Should.ThrowAsync<BlobGoneException>(() => InStore(store => store.Complete(id, 1000, CancellationToken.None)));
    }

    [Test]
    public async Task Sweeps_a_file_that_was_written_and_never_recorded()
    {
        var id = await CreatePending([]);
        TestDirectory.Put(Files.GetPendingPath(id), RandomBytes(100));
        TestDirectory.Put(Files.GetPath(id), RandomBytes(100));
        await AbandonAll();
        await ShouldBeGone(id);
    }

    [Test]
    public async Task Sweeps_the_row_of_a_file_that_a_pass_before_it_deleted()
    {
        var id = await CreatePending(RandomBytes(100));
        File.Delete(Files.GetPendingPath(id));
        await AbandonAll();
        await ShouldBeGone(id);
    }

    [Test]
    public async Task Leaves_no_file_of_a_blob_that_is_reclaimed_while_it_arrives()
    {
        var piece = await PieceBytes();
        var id = await CreatePending(RandomBytes(piece));
        await InStore(async store =>
        {
            await AbandonAll();
            await Should.ThrowAsync<BlobGoneException>(() => store.Append(id, piece, RandomBytes(10), CancellationToken.None));
            await Should.ThrowAsync<BlobGoneException>(() => store.Complete(id, piece, CancellationToken.None));
        });
        await ShouldBeGone(id);
    }

    [Test]
    public async Task Makes_a_directory_again_that_somebody_removed_as_it_was_empty()
    {
        var content = RandomBytes(100);
        var id = await CreatePending(content);
        await AbandonAll();
        foreach (var empty in Directory.EnumerateDirectories(Files.Path))
        {
            Directory.Delete(empty, recursive: true);
        }

        (await ReadAll(await CreateStored(content))).ShouldBe(content);
        await ShouldBeGone(id);
    }

    [Test]
    public async Task Another_place_that_has_no_marker_is_not_taken_for_the_directory()
    {
        var id = await CreateStored(RandomBytes(100));
        var pending = await CreatePending(RandomBytes(100));
        var moved = Files.Path + "-unmounted";
        Directory.Move(Files.Path, moved);
        Directory.CreateDirectory(Files.Path);
        try
        {
            await ShouldBeUnavailable(store => store.Read(id, 0, new byte[5], CancellationToken.None));
            await ShouldBeUnavailable(store => store.Complete(pending, 100, CancellationToken.None));
            await ShouldBeUnavailable(store => store.Create(
                [new NewBlob(Blob.CreatePending("image/png", Guid.NewGuid(), Services.Time.GetUtcNow()), new byte[1])], CancellationToken.None));
            Services.Time.Advance(TimeSpan.FromDays(2));
            var refusal = await Should.ThrowAsync<ConfigurationException>(Sweep);
            refusal.Message.ShouldContain("Its volume may not be mounted");
        }
        finally
        {
            Directory.Delete(Files.Path, recursive: true);
            Directory.Move(moved, Files.Path);
        }

        (await Row(pending)).ShouldNotBeNull();
        (await ReadAll(id)).Length.ShouldBe(100);
    }

    [Test]
    public async Task A_file_that_cannot_be_deleted_is_passed_over_and_the_others_are_not()
    {
        var refused = await CreatePending(RandomBytes(100));
        var other = await CreatePending(RandomBytes(100));
        File.Delete(Files.GetPendingPath(refused));
        Directory.CreateDirectory(Files.GetPendingPath(refused));
        Services.Time.Advance(TimeSpan.FromDays(2));
        (await Services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None)).PassedOver.ShouldBe(1);
        (await Row(refused)).ShouldNotBeNull();
        Directory.Delete(Files.GetPendingPath(refused));
        await AbandonAll();
        await ShouldBeGone(refused);
        await ShouldBeGone(other);
    }

    [Test]
    public async Task Keeps_no_row_without_a_file_and_no_file_without_a_row()
    {
        await CreateStored(RandomBytes(100));
        await CreatePending(RandomBytes(100));
        (await Files.Inspect(Services.ConnectionString)).ShouldBeEmpty();
    }

    protected override async Task<TestServices> StartServices()
    {
        files = await DirectoryServices.Start();
        return files.Services;
    }

    private async Task ShouldBeUnavailable(Func<IBlobStore, Task> act) =>
        (await Should.ThrowAsync<UnavailableException>(() => InStore(act))).Code.ShouldBe("store_unavailable");

    private async Task AbandonAll()
    {
        Services.Time.Advance(TimeSpan.FromDays(2));
        await Sweep();
    }

    private Task Sweep() => Services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);

    private async Task ShouldBeGone(Guid id)
    {
        (await Row(id)).ShouldBeNull();
        Files.Names().ShouldNotContain(name => name.StartsWith(id.ToString(), StringComparison.Ordinal));
    }
}
