using System.IO.Pipelines;
using System.Security.Cryptography;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.BlobStores.Migration;
using Attachments.Infrastructure.Sweeping;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Content;

/// <summary>Files on their way into a bucket and out of it, and on neither way when it cannot be reached.</summary>
[TestFixture]
internal sealed class S3UploadReceiverTests
{
    private const int Piece = 8 << 20;

    /// <summary>Nobody listens there, and nobody will be given that port.</summary>
    private static readonly S3Options Unreachable = new()
    {
        ServiceUrl = "http://127.0.0.1:1",
        Bucket = "bucket",
        AccessKey = "access",
        SecretKey = "secret",
    };

    private S3Services s3 = null!;

    private TestServices Services => s3.Services;

    [SetUp]
    public async Task Start() => s3 = await S3Services.Start();

    [TearDown]
    public async Task Stop()
    {
        if (s3 is not null)
        {
            await s3.DisposeAsync();
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(UploadReceiver.MinPieceBytes)]
    [TestCase(Piece - 1)]
    [TestCase(Piece)]
    [TestCase(Piece + 1)]
    [TestCase((2 * Piece) + 12_345)]
    public async Task Keeps_a_file_of_any_size_byte_for_byte(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        foreach (long? declared in new long?[] { null, length })
        {
            var blob = await Store(Services, content, declared);
            blob.Length.ShouldBe(length);
            blob.Sha256.ShouldBe(SHA256.HashData(content));
            blob.State.ShouldBe(BlobState.Stored);
            (await ReadBack(Services, blob)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        }

        (await s3.Bucket.Keys()).Count.ShouldBe(2);
        (await s3.Bucket.Uploads()).ShouldBeEmpty();
        await s3.ShouldBeSound();
    }

    [TestCase(100)]
    [TestCase(Piece + 100)]
    public async Task Leaves_nothing_of_bytes_that_are_not_those_the_client_meant(int length)
    {
        var upload = Upload(RandomNumberGenerator.GetBytes(length), digests: new ExpectedDigests(Sha256: new byte[32]));
        await Should.ThrowAsync<DigestMismatchException>(() => Store(Services, upload));
        await ShouldSweepClean();
    }

    [Test]
    public async Task Leaves_nothing_of_a_file_that_nobody_came_to_refer_to()
    {
        await Should.ThrowAsync<ConflictException>(() => Services.InScope(async scope =>
        {
            await using var receiver = scope.GetRequiredService<Uploader>().Open();
            var small = await receiver.Receive(Upload(new byte[10]), CancellationToken.None);
            var large = await receiver.Receive(Upload(new byte[Piece + 1]), CancellationToken.None);
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
    public async Task Reads_a_blob_from_where_it_was_stored_whatever_the_provider_is_now()
    {
        var content = RandomNumberGenerator.GetBytes(700_000);
        await using var large = s3.With(new StorageOptions { S3 = s3.Bucket.Options });
        var inDatabase = await Store(large, content);
        var inBucket = await Store(Services, content);
        foreach (var services in new[] { large, Services })
        {
            (await ReadBack(services, inDatabase)).AsSpan().SequenceEqual(content).ShouldBeTrue();
            (await ReadBack(services, inBucket)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        }

        (await s3.Bucket.Keys()).ShouldBe([TestBucket.GetKey(inBucket.Id)]);
        await s3.ShouldBeSound();
    }

    [Test]
    public async Task Says_that_the_store_is_unavailable_and_leaves_a_row_for_what_may_have_arrived()
    {
        await using var deaf = s3.With(new StorageOptions { Provider = StorageProvider.S3, S3 = Unreachable });
        var error = await Should.ThrowAsync<UnavailableException>(() => Store(deaf, [1, 2, 3]));
        error.Code.ShouldBe("store_unavailable");
        (await StorageAudit.CountBlobs(Services.ConnectionString)).ShouldBe(1);
        await ShouldSweepClean();
    }

    [Test]
    public async Task Says_that_the_store_is_unavailable_to_one_who_reads()
    {
        var blob = await Store(Services, new byte[10]);
        await using var deaf = s3.With(new StorageOptions { S3 = Unreachable });
        var error = await Should.ThrowAsync<UnavailableException>(() => ReadBack(deaf, blob));
        error.Code.ShouldBe("store_unavailable");
    }

    [Test]
    public async Task Sweeps_the_database_though_the_bucket_cannot_be_reached_and_the_bucket_once_it_can()
    {
        await using var large = s3.With(new StorageOptions { S3 = s3.Bucket.Options });
        await Store(large, new byte[10]);
        await Store(large, new byte[20]);
        var moved = await Services.InScope(scope =>
            scope.GetRequiredService<BlobMover>().Move(StorageProvider.S3, CancellationToken.None));
        moved.Blobs.ShouldBe(2);
        var inBucket = (await Ids()).Append((await Store(Services, new byte[10])).Id).ToList();
        await Store(large, new byte[10]);
        await Services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Blobs.ExecuteUpdateAsync(
            set => set.SetProperty(blob => blob.ReleasedAt, Services.Time.GetUtcNow())));
        await using var deaf = s3.With(new StorageOptions { S3 = Unreachable });
        deaf.Time.Advance(TimeSpan.FromMinutes(11));
        await Should.ThrowAsync<UnavailableException>(() => deaf.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None));
        (await Ids()).ShouldBe(inBucket, ignoreOrder: true);
        await ShouldSweepClean();
    }

    [Test]
    public async Task Stops_when_the_client_has_gone()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Services.InScope(async scope =>
        {
            await using var receiver = scope.GetRequiredService<Uploader>().Open();
            await Should.ThrowAsync<OperationCanceledException>(() => receiver.Receive(Upload(new byte[Piece + 1]), gone.Token));
        });
        await ShouldSweepClean();
    }

    private static IncomingFile Upload(byte[] content, long? declared = null, ExpectedDigests? digests = null) =>
        new(null, "image/png", declared, digests ?? ExpectedDigests.None, new MemoryStream(content));

    private static Task<Blob> Store(TestServices services, byte[] content, long? declared = null) =>
        Store(services, Upload(content, declared));

    private static Task<Blob> Store(TestServices services, IncomingFile upload) => services.InScope(async scope =>
    {
        await using var receiver = scope.GetRequiredService<Uploader>().Open();
        var file = await receiver.Receive(upload, CancellationToken.None);
        return await scope.GetRequiredService<IAttachmentsDb>().Change(token => receiver.Complete(file, token), CancellationToken.None);
    });

    private static Task<byte[]> ReadBack(TestServices services, Blob blob) => services.InScope(async scope =>
    {
        using var copy = new MemoryStream();
        await scope.GetRequiredService<BlobReader>().CopyTo(blob.Id, 0, blob.Length, PipeWriter.Create(copy), CancellationToken.None);
        return copy.ToArray();
    });

    private Task<List<Guid>> Ids() => Services.InScope(
        scope => scope.GetRequiredService<IAttachmentsDb>().Blobs.Select(blob => blob.Id).ToListAsync());

    private async Task ShouldSweepClean()
    {
        Services.Time.Advance(TimeSpan.FromMinutes(11));
        await Services.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);
        (await StorageAudit.CountBlobs(Services.ConnectionString)).ShouldBe(0);
        (await s3.Bucket.Keys()).ShouldBeEmpty();
        (await s3.Bucket.Uploads()).ShouldBeEmpty();
    }
}
