using System.Buffers;

namespace Attachments.Application.Content.Uploads;

/// <summary>
/// The rented memory for one piece of an upload. It grows with what arrives, so that a small file costs little however large the pieces
/// are that the store takes.
/// </summary>
/// <param name="capacity">The length of a piece, in bytes.</param>
internal sealed class PieceBuffer(int capacity) : IDisposable
{
    private byte[] rented = [];
    private int length;

    public ReadOnlyMemory<byte> Bytes => rented.AsMemory(0, length);

    public bool IsFull => length == capacity;

    /// <summary>Reads a piece, or what is left of the content.</summary>
    /// <param name="content">Where from.</param>
    /// <param name="allowed">How much may come, in bytes. One more is read, so that it is seen to be passed as soon as it is.</param>
    /// <param name="expected">How much is likely to come, in bytes.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The length read; 0 at the end.</returns>
    public async Task<int> Fill(Stream content, long allowed, long expected, CancellationToken cancellationToken)
    {
        length = 0;
        var end = (int)Math.Min(capacity - 1, allowed) + 1;
        Reserve((int)Math.Min(expected, end));
        while (length < end)
        {
            if (length == rented.Length)
            {
                Reserve((int)Math.Min(2L * length, end));
            }

            var room = rented.AsMemory(length, Math.Min(rented.Length, end) - length);
            var read = await content.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancellationToken);
            length += read;
            if (read < room.Length)
            {
                break;
            }
        }

        return length;
    }

    public void Dispose()
    {
        if (rented.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(rented);
            rented = [];
            length = 0;
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
