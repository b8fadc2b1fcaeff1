using System.IO.Pipelines;
using Attachments.Application.Uploads;

namespace Attachments.UnitTests.Content;

[TestFixture]
internal sealed class PausableStreamTests
{
    [Test]
    public async Task Loses_nothing_of_a_read_that_is_cancelled()
    {
        var pipe = new Pipe();
        await using var stream = new PausableStream(pipe.Reader.AsStream());
        var buffer = new byte[3];
        using var cancelled = new CancellationTokenSource();
        var read = stream.ReadAsync(buffer, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => read);
        await pipe.Writer.WriteAsync(new byte[] { 1, 2, 3, 4, 5 });
        (await stream.ReadAsync(buffer)).ShouldBe(3);
        buffer.ShouldBe([1, 2, 3]);
        (await stream.ReadAsync(buffer)).ShouldBe(2);
        buffer[..2].ShouldBe([4, 5]);
        await pipe.Writer.CompleteAsync();
        (await stream.ReadAsync(buffer)).ShouldBe(0);
    }

    [Test]
    public async Task Ends_the_read_that_it_has_left_behind()
    {
        var pipe = new Pipe();
        var stream = new PausableStream(pipe.Reader.AsStream());
        using var cancelled = new CancellationTokenSource();
        var read = stream.ReadAsync(new byte[1], cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => read);
        await stream.DisposeAsync();
        await pipe.Writer.WriteAsync(new byte[] { 1 });
        (await pipe.Reader.ReadAsync()).Buffer.Length.ShouldBe(1);
    }
}
