namespace Attachments.UnitTests.Http;

/// <summary>Bytes that arrive in pieces, and then an end or a fault, as from a network.</summary>
internal sealed class ChoppedStream(byte[] content, IEnumerable<int> pieces, Exception? fault = null)
    : MemoryStream(content, 0, content.Length, writable: false, publiclyVisible: true)
{
    private readonly IEnumerator<int> pieces = pieces.GetEnumerator();

    /// <summary>Whether the end has been reached and seen.</summary>
    public bool Ended { get; private set; }

    public static IEnumerable<int> OneByOne() => Repeat([1]);

    /// <param name="sizes">Each at least 1.</param>
    public static IEnumerable<int> Repeat(IReadOnlyList<int> sizes)
    {
        for (var i = 0; ; i = (i + 1) % sizes.Count)
        {
            yield return sizes[i];
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        pieces.MoveNext();
        var read = Math.Min(Math.Min(buffer.Length, pieces.Current), (int)(Length - Position));
        GetBuffer().AsSpan((int)Position, read).CopyTo(buffer.Span);
        Position += read;
        if (read == 0 && fault is not null)
        {
            throw fault;
        }

        Ended |= read == 0;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("Nothing may block.");
}
