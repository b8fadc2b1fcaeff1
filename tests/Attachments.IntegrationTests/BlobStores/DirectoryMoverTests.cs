using System.IO.Pipelines;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.BlobStores.Migration;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.BlobStores;

/// <summary>Moves to and from a directory, by a service that has a bucket too where there is an engine.</summary>
[TestFixture]
internal sealed class DirectoryMoverTests
{
    private const int Piece = 1 << 20;

    private readonly Dictionary<Guid, byte[]> contents = [];
    private DirectoryServices files = null!;
    private TestBucket? bucket;

    private TestServices Services => files.Services;

    [SetUp]
    public void Start() => contents.Clear();

    [TearDown]
    public async Task Stop()
    {
        await files.DisposeAsync();
        if (bucket is not null)
        {
            await bucket.DisposeAsync();
        }

        bucket = null;
    }

    [TestCase(StorageProvider.LargeObject)]
    [TestCase(StorageProvider.S3)]
    public async Task Moves_all_there_and_back_and_leaves_nothing_behind(StorageProvider other)
    {
        await StartIn(other);
        foreach (var length in new[] { 0, 1, 300_000, Piece, Piece + 1, (2 * Piece) + 77 })
        {
            await Store(length);
        }

        var all = new MoveResult(contents.Count, contents.Values.Sum(content => (long)content.Length), 0);
        (await Move(StorageProvider.Directory)).ShouldBe(all);
        await ShouldReadAll();
        (await Move(StorageProvider.Directory)).ShouldBe(new MoveResult(0, 0, 0));
        await SweepLater();
        (await CountElsewhere()).ShouldBe(0);
        await ShouldReadAll();
        files.Directory.Names().ShouldBe(contents.Keys.Select(id => id.ToString()), ignoreOrder: true);

        (await Move(other)).ShouldBe(all);
        await ShouldReadAll();
        await SweepLater();
        files.Directory.Names().ShouldBeEmpty();
        (await CountElsewhere()).ShouldBe(contents.Count);
        await ShouldReadAll();
        await ShouldBeSound();
    }

    [Test]
    public async Task Moves_from_every_store_and_deletes_every_stale_copy()
    {
        await StartIn(StorageProvider.S3);
        await Store(1000);
        await Move(StorageProvider.Directory);
        await Move(StorageProvider.LargeObject);
        (await Sql.Scalar<bool>(Services.ConnectionString, "SELECT in_s3 AND in_directory AND large_object IS NOT NULL FROM blobs"))
            .ShouldBeTrue();
        await SweepLater();
        files.Directory.Names().ShouldBeEmpty();
        (await bucket!.Keys()).ShouldBeEmpty();
        await ShouldReadAll();
        await ShouldBeSound();
    }

    [Test]
    public async Task Goes_on_from_where_a_move_was_cut_short()
    {
        await StartIn(StorageProvider.LargeObject);
        var id = await Store(Piece + 10);
        await Sql.Execute(Services.ConnectionString, "UPDATE blobs SET in_directory = TRUE");
        TestDirectory.Put(files.Directory.GetPendingPath(id), new byte[2 * Piece]);
        await ShouldReadAll();
        (await Move(StorageProvider.Directory)).Blobs.ShouldBe(1);
        await SweepLater();
        await ShouldReadAll();
        files.Directory.Names().ShouldBe([id.ToString()]);
        await ShouldBeSound();
    }

    [Test]
    public async Task The_sweeper_deletes_the_part_of_a_copy_that_nobody_goes_on_with()
    {
        await StartIn(StorageProvider.LargeObject);
        var id = await Store(1000);
        await Sql.Execute(Services.ConnectionString, "UPDATE blobs SET in_directory = TRUE");
        TestDirectory.Put(files.Directory.GetPendingPath(id), [1, 2, 3]);
        await SweepLater();
        files.Directory.Names().ShouldBeEmpty();
        await ShouldReadAll();
        await ShouldBeSound();
    }

    [TestCase(StorageProvider.LargeObject)]
    [TestCase(StorageProvider.S3)]
    public async Task The_sweeper_keeps_the_old_copy_of_a_blob_whose_file_is_lost(StorageProvider other)
    {
        await StartIn(other);
        var id = await Store(1000);
        await Move(StorageProvider.Directory);
        File.Delete(files.Directory.GetPath(id));
        await SweepLater();
        (await CountElsewhere()).ShouldBe(1);
        (await Move(other)).ShouldBe(new MoveResult(1, 1000, 0));
        await ShouldReadAll();
        await SweepLater();
        await ShouldReadAll();
        await ShouldBeSound();
    }

    [Test]
    public async Task Leaves_a_damaged_file_where_it_is_and_moves_the_others()
    {
        await StartIn(StorageProvider.Directory);
        var damaged = await Store(1000);
        await Store(2000);
        await File.WriteAllBytesAsync(files.Directory.GetPath(damaged), new byte[1000]);
        (await Verify(damaged)).ShouldBe(BlobFault.Differs);
        (await Move(StorageProvider.LargeObject)).ShouldBe(new MoveResult(1, 2000, 1));
        (await Sql.Scalar<short>(Services.ConnectionString, $"SELECT store FROM blobs WHERE id = '{damaged}'")).ShouldBe((short)2);
        await SweepLater();
        files.Directory.Names().ShouldBe([damaged.ToString()]);
    }

    [Test]
    public async Task A_download_reads_no_stale_copy_though_it_has_the_name()
    {
        await StartIn(StorageProvider.LargeObject);
        var id = await Store(1000);
        await Move(StorageProvider.Directory);
        (await Download(id)).ShouldBe(contents[id]);
        await File.WriteAllBytesAsync(files.Directory.GetPath(id), new byte[1000]);
        (await Download(id)).ShouldBe(new byte[1000]);
        await Move(StorageProvider.LargeObject);
        (await Download(id)).ShouldBe(contents[id]);
    }

    [Test]
    public async Task Reclaims_every_copy_of_a_blob_that_is_released_after_it_was_moved()
    {
        await StartIn(StorageProvider.LargeObject);
        await Store(1000);
        await Move(StorageProvider.Directory);
        await Sql.Execute(Services.ConnectionString, "UPDATE blobs SET released_at = touched_at");
        await SweepLater();
        (await StorageAudit.CountBlobs(Services.ConnectionString)).ShouldBe(0);
        (await CountElsewhere()).ShouldBe(0);
        files.Directory.Names().ShouldBeEmpty();
    }

    private async Task StartIn(StorageProvider store)
    {
        if (store == StorageProvider.S3 && !TestBucket.IsAvailable)
        {
            files = await DirectoryServices.Start();
            Assert.Ignore(TestBucket.WhySkipped);
        }

        bucket = store == StorageProvider.S3 ? await TestBucket.Create() : null;
        files = await DirectoryServices.Start(store, bucket);
    }

    private async Task<Guid> Store(int length)
    {
        var (id, content) = await Services.Upload(length);
        contents[id] = content;
        return id;
    }

    private Task<MoveResult> Move(StorageProvider to) => Services.Move(to);

    private Task SweepLater() => Services.SweepLater();

    private Task<BlobFault> Verify(Guid id) => Services.InScope(async scope =>
    {
        var blob = await scope.GetRequiredService<IAttachmentsDb>().Blobs.AsNoTracking().SingleAsync(row => row.Id == id);
        return (await scope.GetRequiredService<ContentCheck>().Check(blob, ContentCheck.CreateBuffer(), CancellationToken.None)).Fault;
    });

    /// <summary>In pieces, and by <c>verify</c>.</summary>
    private async Task ShouldReadAll()
    {
        foreach (var (id, content) in contents)
        {
            await Services.ShouldRead(id, content);
            (await Verify(id)).ShouldBe(BlobFault.None);
        }
    }

    private async Task<byte[]> Download(Guid id)
    {
        using var copy = new MemoryStream();
        await Services.InScope(async scope =>
        {
            var blob = await scope.GetRequiredService<IAttachmentsDb>().Blobs.AsNoTracking().SingleAsync(row => row.Id == id);
            await scope.GetRequiredService<BlobReader>().Send(
                StoredFile.From(blob, FileName.FromStored("photo.png")), 0, blob.Length, PipeWriter.Create(copy), CancellationToken.None);
        });
        return copy.ToArray();
    }

    private async Task<long> CountElsewhere() =>
        await Sql.Scalar<long>(Services.ConnectionString, "SELECT count(*) FROM pg_largeobject_metadata")
        + (bucket is null ? 0 : (await bucket.Keys()).Count);

    private async Task ShouldBeSound()
    {
        await files.ShouldBeSound();
        if (bucket is not null)
        {
            (await bucket.Inspect(Services.ConnectionString)).ShouldBeEmpty();
        }
    }
}
