using System.Data.Common;
using System.IO.Pipelines;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Persistence;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.IntegrationTests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Content;

[TestFixture]
internal sealed class BlobReaderTests
{
    private const int Chunk = BlobReader.PieceBytes;
    private const int Row = 64 << 10;
    private const int Large = BlobReader.LargePieceBytes;

    private readonly byte[] content = new byte[(5 * Large) + 100];
    private TestServices services = null!;
    private Guid blobId;

    [OneTimeSetUp]
    public async Task Start()
    {
        services = await TestServices.Start(storage: new StorageOptions { ReclaimAfter = TimeSpan.FromSeconds(3) });
        Random.Shared.NextBytes(content);
        var blob = Blob.CreatePending("image/png", Guid.NewGuid(), services.Time.GetUtcNow());
        blobId = blob.Id;
        await services.InScope(
            scope => scope.GetRequiredService<IBlobStore>().Create([new NewBlob(blob, content)], CancellationToken.None));
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
    [TestCase(Row - 1, 2)]
    [TestCase(1, Row)]
    [TestCase(0, Row + 1)]
    [TestCase(0, (5 * Large) + 100)]
    [TestCase((5 * Large) + 99, 1)]
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
            scope.GetRequiredService<BlobReader>().CopyTo(
                blobId, 10, content.Length, PipeWriter.Create(new MemoryStream()), CancellationToken.None)));

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

    [Test]
    public async Task Reads_little_ahead_of_a_slow_destination()
    {
        var slow = new GatedStream();
        var asked = await services.InScope(async scope =>
        {
            var store = new WatchedStore(scope.GetRequiredService<IBlobStore>());
            var copying = Copy(scope, store, slow);
            await slow.Reached;
            var ahead = store.Asked.ToArray();
            slow.Open();
            await copying;
            return ahead;
        });
        asked.ShouldBe([Chunk, Chunk]);
    }

    [Test]
    public async Task Reads_more_and_larger_pieces_ahead_of_a_destination_that_waits_for_them()
    {
        using var copy = new MemoryStream();
        var asked = await services.InScope(async scope =>
        {
            var store = new WatchedStore(scope.GetRequiredService<IBlobStore>()) { AnswersOnlyWithTheNext = content.Length };
            await Copy(scope, store, copy);
            return store.Asked;
        });
        asked.ShouldBe([Chunk, Chunk, Large, Large, Large, Large, (Large / 2) + 100]);
        copy.ToArray().ShouldBe(content);
    }

    private Task Copy(IServiceProvider scope, IBlobStore store, Stream destination) => ActivatorUtilities
        .CreateInstance<BlobReader>(scope, store)
        .CopyTo(blobId, 0, content.Length, PipeWriter.Create(destination), CancellationToken.None);

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
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => reached.Task;

        public void Open() => gate.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            reached.TrySetResult();
            await gate.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Tells what was asked for, in the order in which it was.</summary>
    private sealed class WatchedStore(IBlobStore inner) : IBlobStore
    {
        private readonly List<TaskCompletionSource> answers = [];

        public List<int> Asked { get; } = [];

        /// <summary>A piece is answered when the one after it was asked for, and the last, which ends here, at once.</summary>
        public long? AnswersOnlyWithTheNext { get; init; }

        public int PieceBytes => inner.PieceBytes;

        public async Task<int> Read(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            answers.LastOrDefault()?.TrySetResult();
            answers.Add(answer);
            Asked.Add(buffer.Length);
            if (AnswersOnlyWithTheNext is { } end && offset + buffer.Length < end)
            {
                await answer.Task.WaitAsync(cancellationToken);
            }

            return await inner.Read(blobId, offset, buffer, cancellationToken);
        }

        public Task Create(IReadOnlyList<NewBlob> blobs, CancellationToken cancellationToken) => inner.Create(blobs, cancellationToken);

        public Task Append(Guid blobId, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            inner.Append(blobId, offset, content, cancellationToken);

        public Task Complete(Guid blobId, long length, CancellationToken cancellationToken) =>
            inner.Complete(blobId, length, cancellationToken);

        public Task<int> Delete(IReadOnlyCollection<Guid> blobIds, DbTransaction transaction, CancellationToken cancellationToken) =>
            inner.Delete(blobIds, transaction, cancellationToken);
    }
}
