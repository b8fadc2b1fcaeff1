using System.IO.Pipelines;
using Attachments.Application.Common;
using Attachments.Application.Content;
using Attachments.Domain.Content;
using Attachments.IntegrationTests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Content;

[TestFixture]
internal sealed class BlobReaderTests
{
    private const int Chunk = BlobReader.ChunkBytes;

    private readonly byte[] content = new byte[(3 * Chunk) + 100];
    private TestServices services = null!;
    private Guid blobId;

    [OneTimeSetUp]
    public async Task Start()
    {
        services = await TestServices.Start(storage: new StorageOptions { ReclaimAfter = TimeSpan.FromSeconds(3) });
        Random.Shared.NextBytes(content);
        var blob = Blob.Pending("image/png", Guid.NewGuid(), services.Time.GetUtcNow());
        blobId = blob.Id;
        await services.InScope(scope => scope.GetRequiredService<IBlobStore>().Create(blob, content, CancellationToken.None));
    }

    [OneTimeTearDown]
    public async Task Stop() => await services.DisposeAsync();

    [TestCase(0, 0)]
    [TestCase(0, 1)]
    [TestCase(0, Chunk)]
    [TestCase(0, Chunk + 1)]
    [TestCase(17, 2 * Chunk)]
    [TestCase(Chunk - 1, 2)]
    [TestCase(0, (3 * Chunk) + 100)]
    [TestCase((3 * Chunk) + 99, 1)]
    public async Task Copies_any_slice(int offset, int count)
    {
        using var copy = new MemoryStream();
        await services.InScope(scope =>
            scope.GetRequiredService<BlobReader>().CopyTo(blobId, offset, count, PipeWriter.Create(copy), CancellationToken.None));
        copy.ToArray().ShouldBe(content[offset..(offset + count)]);
    }

    [Test]
    public async Task Fails_rather_than_send_less_than_it_was_asked_for() =>
        await services.InScope(scope => Should.ThrowAsync<BlobGoneException>(() =>
            scope.GetRequiredService<BlobReader>().CopyTo(blobId, 10, content.Length, PipeWriter.Create(new MemoryStream()), CancellationToken.None)));

    [Test]
    public async Task Keeps_the_blob_alive_for_as_long_as_a_slow_reader_takes()
    {
        services.Time.Advance(TimeSpan.FromHours(1));
        var slow = new GatedStream();
        var copying = services.InScope(scope =>
            scope.GetRequiredService<BlobReader>().CopyTo(blobId, 0, content.Length, PipeWriter.Create(slow), CancellationToken.None));
        await Eventually(async () => (await TouchedAt()) == services.Time.GetUtcNow());
        slow.Open();
        await copying;
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(30); !await condition();)
        {
            (DateTime.UtcNow < deadline).ShouldBeTrue("It did not come true in time.");
            await Task.Delay(20);
        }
    }

    private Task<DateTimeOffset> TouchedAt() => services.InScope(scope => scope.GetRequiredService<IAttachmentsDb>().Blobs
        .Where(blob => blob.Id == blobId).Select(blob => blob.TouchedAt).SingleAsync());

    /// <summary>Takes nothing until it is opened.</summary>
    private sealed class GatedStream : MemoryStream
    {
        private readonly TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => gate.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await gate.Task.WaitAsync(cancellationToken);
    }
}
