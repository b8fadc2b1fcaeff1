using System.Buffers.Binary;

namespace Attachments.ProcessTests;

/// <summary>
/// A file that is nowhere: bytes that follow from their place in it (SplitMix64), to be read once, from its beginning to its end.
/// They do not compress.
/// </summary>
internal sealed class PseudoRandomStream(long length, ulong seed) : Stream
{
    private const int BlockBytes = sizeof(ulong);
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = buffer[..(int)Math.Min(buffer.Length, length - position)];
        for (var rest = wanted; rest.Length > 0;)
        {
            var written = WriteBlock(rest);
            rest = rest[written..];
            position += written;
        }

        return wanted.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>As much of the block at the position as there is room for.</summary>
    private int WriteBlock(Span<byte> room)
    {
        var block = Mix(seed + ((ulong)(position / BlockBytes) * Step));
        var start = (int)(position % BlockBytes);
        if (start == 0 && room.Length >= BlockBytes)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(room, block);
            return BlockBytes;
        }

        Span<byte> bytes = stackalloc byte[BlockBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, block);
        var some = bytes[start..];
        some = some[..Math.Min(some.Length, room.Length)];
        some.CopyTo(room);
        return some.Length;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
