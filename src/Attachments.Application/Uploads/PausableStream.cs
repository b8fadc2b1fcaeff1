namespace Attachments.Application.Uploads;

/// <summary>
/// Reads a stream so that a read that is cancelled loses nothing: it goes on behind, and the next read gets its bytes. The stream itself
/// cannot be read any more once a read of it was cancelled.
/// </summary>
internal sealed class PausableStream(Stream content) : Stream
{
    private const int BufferBytes = 32 << 10;

    private readonly CancellationTokenSource end = new();
    private readonly byte[] buffer = new byte[BufferBytes];
    private Task<int>? pending;
    private int start;
    private int length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (length == 0)
        {
            pending ??= content.ReadAsync(buffer, end.Token).AsTask();
            var read = await pending.WaitAsync(cancellationToken);
            (pending, start, length) = (null, 0, read);
        }

        var count = Math.Min(length, destination.Length);
        buffer.AsSpan(start, count).CopyTo(destination.Span);
        (start, length) = (start + count, length - count);
        return count;
    }

    public override int Read(byte[] destination, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] source, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        if (pending is not null)
        {
            await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        end.Dispose();
        await base.DisposeAsync();
    }
}
