using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Microsoft.Extensions.Options;

namespace Attachments.UnitTests.Content;

public sealed class UploadReservationTests
{
    private const int PieceBytes = 8 << 20;

    private static readonly LimitsOptions Limits = new() { MaxUploadMemoryBytes = 128 << 20, UploadWait = TimeSpan.FromSeconds(30) };

    private UploadMemory memory = null!;

    [SetUp]
    public void Make() => memory = new UploadMemory(Options.Create(Limits));

    [Test]
    public void A_small_file_takes_little_and_at_once()
    {
        using (var reservation = new UploadReservation(memory))
        {
            var need = UploadMemory.EstimateFiles(1000, PieceBytes, isMultipart: false);
            need.Initial.ShouldBe(2000);
            reservation.Reserve(need.Initial, CancellationToken.None).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
            memory.Small.Free.ShouldBe((32 << 20) - 2000);
            memory.Large.Free.ShouldBe(96 << 20);
        }

        memory.Small.Free.ShouldBe(32 << 20);
    }

    [TestCase(300_000, 600_000)]
    [TestCase(7 << 20, 14 << 20)]
    [TestCase(5L << 30, 16 << 20)]
    [TestCase(long.MaxValue, 16 << 20)]
    public void A_file_needs_twice_its_length_and_no_more_than_two_pieces(long length, long expected) =>
        UploadMemory.EstimateFiles(length, PieceBytes, isMultipart: false).Initial.ShouldBe(expected);

    [Test]
    public void A_body_of_unknown_length_begins_small() =>
        UploadMemory.EstimateFiles(null, PieceBytes, isMultipart: false)
            .ShouldBe(new MemoryEstimate(UploadMemory.SmallBytes, 256 << 10, 16 << 20));

    [TestCase(1000, 4000)]
    [TestCase(16 << 20, 64 << 20)]
    [TestCase(long.MaxValue, 64 << 20)]
    public void A_document_needs_more_than_its_length(long length, long expected) =>
        memory.EstimateDocument(length).Initial.ShouldBe(expected);

    [Test]
    public async Task Small_ones_pass_those_that_wait_for_large_amounts()
    {
        using var first = new UploadReservation(memory);
        await first.Reserve(96 << 20, CancellationToken.None);
        using var waiting = new UploadReservation(memory);
        var large = waiting.Reserve(1 << 20, CancellationToken.None).AsTask();
        using var small = new UploadReservation(memory);
        small.Reserve(1000, CancellationToken.None).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
        large.IsCompleted.ShouldBeFalse();
        first.Dispose();
        await large;
    }

    [Test]
    public async Task All_that_begin_small_and_grow_come_to_their_end()
    {
        // Together they want many times what there is, in both steps.
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 200 }, async (_, token) =>
        {
            using var reservation = new UploadReservation(memory);
            await reservation.Reserve(UploadMemory.SmallBytes, token);
            await Task.Yield();
            await reservation.Reserve(16 << 20, token);
            await Task.Yield();
        });
        memory.Small.Free.ShouldBe(32 << 20);
        memory.Large.Free.ShouldBe(96 << 20);
    }

    [Test]
    public async Task Fields_do_not_wait()
    {
        using var others = new UploadReservation(memory);
        await others.Reserve(95 << 20, CancellationToken.None);
        using var form = new UploadReservation(memory);
        form.ReserveForFields(100_000);
        form.ReserveForFields(300_000);
        Should.Throw<UnavailableException>(() => form.ReserveForFields(600_000)).Code.ShouldBe("upload_memory_exhausted");
        form.Dispose();
        memory.Large.Free.ShouldBe(1 << 20);
    }
}
