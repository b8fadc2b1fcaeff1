using System.IO.Pipelines;
using System.Security.Cryptography;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Domain.Sessions;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Content;

[TestFixture]
internal sealed class UploadReceiverTests
{
    private const int Chunk = UploadReceiver.MinPieceBytes;

    private static readonly LimitsOptions Limits = new() { MaxUploadBytes = 4 * Chunk };

    private TestServices services = null!;

    [SetUp]
    public async Task Start() => services = await TestServices.Start(limits: Limits);

    [TearDown]
    public async Task Stop() => await services.DisposeAsync();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(Chunk - 1)]
    [TestCase(Chunk)]
    [TestCase(Chunk + 1)]
    [TestCase(2 * Chunk)]
    [TestCase((3 * Chunk) + 7)]
    [TestCase(4 * Chunk)]
    public async Task Keeps_a_file_of_any_size_byte_for_byte(int length)
    {
        var content = RandomBytes(length);
        foreach (long? declared in new long?[] { null, length })
        {
            var blob = await Store(content, declared);
            blob.Length.ShouldBe(length);
            blob.Md5.ShouldBe(MD5.HashData(content));
            blob.Sha256.ShouldBe(SHA256.HashData(content));
            blob.State.ShouldBe(BlobState.Stored);
            (await ReadBack(blob)).ShouldBe(content);
        }

        (await StorageAudit.Inspect(services.ConnectionString)).ShouldBeEmpty();
    }

    /// <summary>More than it holds in memory at once, and of every size.</summary>
    [Test]
    public async Task Keeps_the_many_files_of_one_request_each_as_it_came()
    {
        var contents = Enumerable.Range(0, 60).Select(i => RandomBytes(i % 10 == 9 ? Chunk + i : 1000 * i)).ToList();
        var kept = await services.InScope(async scope =>
        {
            await using var receiver = scope.GetRequiredService<Uploader>().Open();
            var files = new List<ReceivedFile>();
            foreach (var content in contents)
            {
                files.Add(await receiver.Receive(Upload(new MemoryStream(content)), CancellationToken.None));
            }

            return await Attach(scope, receiver, files);
        });
        for (var i = 0; i < contents.Count; i++)
        {
            kept[i].Sha256.ShouldBe(SHA256.HashData(contents[i]));
            (await ReadBack(kept[i])).ShouldBe(contents[i]);
        }

        var now = services.Time.GetUtcNow();
        var rows = (await Blobs()).Where(row => kept.Any(blob => blob.Id == row.Id)).ToList();
        rows.Count.ShouldBe(contents.Count);
        rows.ShouldAllBe(row => row.State == BlobState.Stored && row.StoredAt == now && row.TouchedAt == now);
        (await StorageAudit.Inspect(services.ConnectionString)).ShouldBeEmpty();
    }

    [Test]
    public async Task Keeps_none_of_many_files_of_which_one_was_reclaimed()
    {
        await services.InScope(async scope =>
        {
            await using var receiver = scope.GetRequiredService<Uploader>().Open();
            var files = new List<ReceivedFile>();
            for (var i = 0; i < 30; i++)
            {
                files.Add(await receiver.Receive(Upload(new MemoryStream(RandomBytes(100_000))), CancellationToken.None));
            }

            await Sql.Execute(
                services.ConnectionString,
                "UPDATE blobs SET released_at = now() WHERE id = (SELECT id FROM blobs WHERE state = 0 LIMIT 1)");
            (await Should.ThrowAsync<UnavailableException>(() => Attach(scope, receiver, files))).Code.ShouldBe("upload_lost");
        });
        await ShouldSweepClean();
    }

    [Test]
    public async Task Does_not_trust_a_declared_length_that_is_too_small()
    {
        var content = RandomBytes(Chunk + 500);
        (await ReadBack(await Store(content, declared: 10))).ShouldBe(content);
    }

    [Test]
    public async Task Refuses_a_file_that_says_it_is_too_large_before_reading_it()
    {
        var untouched = new ThrowingStream([], new InvalidOperationException("It was read."));
        await Should.ThrowAsync<TooLargeException>(() => Receive(Upload(untouched, declared: (4 * Chunk) + 1)));
    }

    [TestCase(Chunk)]
    [TestCase(4 * Chunk)]
    public async Task Refuses_a_file_as_soon_as_it_is_too_large_and_leaves_nothing_behind(int limit)
    {
        await services.DisposeAsync();
        services = await TestServices.Start(limits: new LimitsOptions { MaxUploadBytes = limit });
        await Should.ThrowAsync<TooLargeException>(() => Receive(Upload(new MemoryStream(RandomBytes(limit + 1)))));
        await ShouldSweepClean();
    }

    [TestCase(100)]
    [TestCase(2 * Chunk)]
    public async Task Refuses_bytes_that_are_not_those_the_client_meant_and_leaves_nothing_behind(int length)
    {
        var content = RandomBytes(length);
        var good = new ExpectedDigests(MD5.HashData(content), SHA256.HashData(content), SHA512.HashData(content));
        await Receive(Upload(new MemoryStream(content), digests: good));
        ExpectedDigests[] allBad =
            [good with { Md5 = new byte[16] }, good with { Sha256 = new byte[32] }, good with { Sha512 = new byte[64] }];
        foreach (var bad in allBad)
        {
            await Should.ThrowAsync<DigestMismatchException>(() => Receive(Upload(new MemoryStream(content), digests: bad)));
        }

        await ShouldSweepClean();
    }

    [Test]
    public async Task Reclaims_what_a_broken_connection_left_without_waiting_for_it_to_be_abandoned()
    {
        var broken = new ThrowingStream(RandomBytes((2 * Chunk) + 100), new IOException("The client went away."));
        await Should.ThrowAsync<IOException>(() => Receive(Upload(broken)));
        (await StorageAudit.CountBlobs(services.ConnectionString)).ShouldBe(1);
        await ShouldSweepClean();
    }

    [Test]
    public async Task Keeps_many_small_files_of_one_request_though_they_do_not_fit_into_memory_together()
    {
        var contents = Enumerable.Range(0, 40).Select(i => RandomBytes(i % 2 == 0 ? 200_000 : 10)).ToList();
        await services.InScope(async scope =>
        {
            await using var receiver = scope.GetRequiredService<Uploader>().Open();
            var files = new List<ReceivedFile>();
            foreach (var content in contents)
            {
                files.Add(await receiver.Receive(Upload(new MemoryStream(content)), CancellationToken.None));
            }

            await Attach(scope, receiver, files);
        });
        var blobs = await Blobs();
        blobs.Count.ShouldBe(40);
        foreach (var content in contents)
        {
            var blob = blobs.Single(blob => blob.Sha256!.AsSpan().SequenceEqual(SHA256.HashData(content)));
            (await ReadBack(blob)).ShouldBe(content);
        }

        (await StorageAudit.Inspect(services.ConnectionString)).ShouldBeEmpty();
    }

    [Test]
    public async Task Hands_over_all_files_of_a_change_or_none()
    {
        await Should.ThrowAsync<ConflictException>(() => services.InScope(async scope =>
        {
            await using var receiver = scope.GetRequiredService<Uploader>().Open();
            var small = await receiver.Receive(Upload(new MemoryStream(RandomBytes(10))), CancellationToken.None);
            var large = await receiver.Receive(Upload(new MemoryStream(RandomBytes(2 * Chunk))), CancellationToken.None);
            await scope.GetRequiredService<IAttachmentsDb>().Change<bool>(
                async token =>
                {
                    await receiver.Complete(small, token);
                    await receiver.Complete(large, token);
                    throw new ConflictException("test", "The change fails.");
                },
                CancellationToken.None);
        }));
        await ShouldSweepClean();
    }

    [Test]
    public async Task Says_so_when_the_upload_took_so_long_that_its_bytes_were_reclaimed()
    {
        await services.InScope(async scope =>
        {
            await using var receiver = scope.GetRequiredService<Uploader>().Open();
            var file = await receiver.Receive(Upload(new MemoryStream(RandomBytes(2 * Chunk))), CancellationToken.None);
            services.Time.Advance(TimeSpan.FromDays(2));
            await Sweep();
            var error = await Should.ThrowAsync<UnavailableException>(() => Attach(scope, receiver, [file]));
            error.Code.ShouldBe("upload_lost");
        });
        await ShouldSweepClean();
    }

    [Test]
    public async Task Does_not_complete_a_file_that_the_sweeper_has_given_up()
    {
        await services.InScope(async scope =>
        {
            await using var receiver = scope.GetRequiredService<Uploader>().Open();
            var file = await receiver.Receive(Upload(new MemoryStream(RandomBytes(2 * Chunk))), CancellationToken.None);
            await scope.GetRequiredService<IAttachmentsDb>().Blobs.ExecuteUpdateAsync(
                set => set.SetProperty(blob => blob.ReleasedAt, services.Time.GetUtcNow()));
            var error = await Should.ThrowAsync<UnavailableException>(() => Attach(scope, receiver, [file]));
            error.Code.ShouldBe("upload_lost");
        });
        await ShouldSweepClean();
    }

    [Test]
    public async Task Does_not_complete_a_file_whose_last_chunk_a_crash_of_the_database_took()
    {
        await services.InScope(async scope =>
        {
            await using var receiver = scope.GetRequiredService<Uploader>().Open();
            var file = await receiver.Receive(Upload(new MemoryStream(RandomBytes(2 * Chunk))), CancellationToken.None);
            await scope.GetRequiredService<IAttachmentsDb>().Blobs.ExecuteUpdateAsync(
                set => set.SetProperty(blob => blob.Length, Chunk));
            var error = await Should.ThrowAsync<UnavailableException>(() => Attach(scope, receiver, [file]));
            error.Code.ShouldBe("upload_lost");
        });
        await ShouldSweepClean();
    }

    private static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    private static IncomingFile Upload(Stream content, long? declared = null, ExpectedDigests? digests = null) =>
        new(null, "image/png", declared, digests ?? ExpectedDigests.None, content);

    private static Task<IReadOnlyList<Blob>> Attach(IServiceProvider scope, UploadReceiver receiver, IReadOnlyList<ReceivedFile> files)
    {
        var db = scope.GetRequiredService<IAttachmentsDb>();
        return db.Change(
            async token =>
            {
                var session = Session.Create(1, Guid.NewGuid().ToString(), "unit", 0, 0);
                var blobs = await receiver.Complete(files, token);
                foreach (var blob in blobs)
                {
                    session.Attach(Guid.NewGuid().ToString(), new FileValue(null, blob), 0);
                }

                db.Sessions.Add(session);
                return blobs;
            },
            CancellationToken.None);
    }

    private async Task<Blob> Store(byte[] content, long? declared)
    {
        var before = (await Blobs()).Select(blob => blob.Id).ToHashSet();
        await services.InScope(async scope =>
        {
            await using var receiver = scope.GetRequiredService<Uploader>().Open();
            var file = await receiver.Receive(Upload(new MemoryStream(content), declared), CancellationToken.None);
            await Attach(scope, receiver, [file]);
        });
        return (await Blobs()).Single(blob => !before.Contains(blob.Id));
    }

    private Task Receive(IncomingFile upload) => services.InScope(async scope =>
    {
        await using var receiver = scope.GetRequiredService<Uploader>().Open();
        await receiver.Receive(upload, CancellationToken.None);
    });

    private Task<List<Blob>> Blobs() =>
        services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Blobs.AsNoTracking().ToListAsync());

    private Task<byte[]> ReadBack(Blob blob) => services.InScope(async scope =>
    {
        using var copy = new MemoryStream();
        await scope.GetRequiredService<BlobReader>().CopyTo(blob.Id, 0, blob.Length, PipeWriter.Create(copy), CancellationToken.None);
        return copy.ToArray();
    });

    private Task Sweep() => services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);

    private async Task ShouldSweepClean()
    {
        services.Time.Advance(TimeSpan.FromMinutes(11));
        await Sweep();
        (await StorageAudit.CountBlobs(services.ConnectionString)).ShouldBe(0);
        (await StorageAudit.Inspect(services.ConnectionString)).ShouldBeEmpty();
    }

    /// <summary>Gives some bytes, then fails as a broken connection does.</summary>
    private sealed class ThrowingStream(byte[] first, Exception failure) : MemoryStream(first)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw failure;
    }
}
