using System.Buffers;

namespace Attachments.Application.Content.Uploads;

/// <summary>
/// The rented memory for one piece of an upload. It grows with the bytes that arrive, so that a small file takes little memory even if the
/// store has large pieces.
/// </summary>
/// <param name="capacity">The length of a piece, in bytes.</param>
internal sealed class PieceBuffer(int capacity) : IDisposable
{
    private byte[] rented = [];
    private int before;
    private int start;
    private int length;

    /// <summary>What was read.</summary>
    public ReadOnlyMemory<byte> Bytes => rented.AsMemory(start, length);

    /// <summary>With what was put before it.</summary>
    public ReadOnlyMemory<byte> Whole => rented.AsMemory(0, start + length);

    public bool IsFull => length == capacity - before;

    /// <summary>Reads a full piece, or the rest of the content. If the content fails, the bytes read before remain.</summary>
    /// <param name="content">The stream.</param>
    /// <param name="allowed">The limit in bytes. One more byte is read, so that exceeding the limit is noticed at once.</param>
    /// <param name="expected">The likely length, in bytes.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <param name="stored">The bytes of the piece that come first and are stored already.</param>
    /// <returns>The length read; 0 at the end.</returns>
    public async Task<int> Fill(
        Stream content, long allowed, long expected, CancellationToken cancellationToken, int stored = 0)
    {
        (before, start, length) = (stored, 0, 0);
        var end = (int)Math.Min(capacity - before - 1, allowed) + 1;
        Reserve((int)Math.Min(expected, end));
        while (length < end)
        {
            if (length == rented.Length)
            {
                Reserve((int)Math.Min(2L * length, end));
            }

            var room = rented.AsMemory(length, Math.Min(rented.Length, end) - length);
            var read = await content.ReadAsync(room, cancellationToken);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        return length;
    }

    /// <summary>Makes room before what was read for the bytes of the piece that are stored already.</summary>
    public Memory<byte> MakeRoom()
    {
        Reserve(before + length);
        rented.AsSpan(0, length).CopyTo(rented.AsSpan(before));
        start = before;
        return rented.AsMemory(0, before);
    }

    public void Dispose()
    {
        if (rented.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(rented);
            rented = [];
            (start, length) = (0, 0);
        }
    }

    private void Reserve(int size)
    {
        if (size <= rented.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(size);
        rented.AsSpan(0, length).CopyTo(larger);
        if (rented.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        rented = larger;
    }
}
