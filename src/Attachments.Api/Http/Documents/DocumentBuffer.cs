using System.Buffers;

namespace Attachments.Api.Http.Documents;

/// <summary>
/// Buffers the unread part of a document in rented memory. It grows only if a token is longer than the buffer, and doubles each time, so
/// the total cost is linear.
/// </summary>
internal sealed class DocumentBuffer(Stream document) : IDisposable
{
    private const int FirstBytes = 16 << 10;

    private byte[] rented = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int start;
    private int end;

    /// <summary>The bytes that are not used yet. They are valid until the next <see cref="Fill"/>.</summary>
    public ReadOnlySpan<byte> Bytes => rented.AsSpan(start, end - start);

    /// <summary>There is no more than <see cref="Bytes"/>.</summary>
    public bool IsLast { get; private set; }

    public void Consume(int count) => start += count;

    /// <summary>Reads on until there is no more room, or no more to read.</summary>
    public async ValueTask Fill(CancellationToken cancellationToken)
    {
        MakeRoom();
        while (end < rented.Length && !IsLast)
        {
            var read = await document.ReadAsync(rented.AsMemory(end), cancellationToken);
            end += read;
            IsLast = read == 0;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(rented);
        rented = [];
        (start, end) = (0, 0);
    }

    private void MakeRoom()
    {
        var from = rented;
        if (end - start == rented.Length)
        {
            rented = ArrayPool<byte>.Shared.Rent(2 * rented.Length);
        }

        from.AsSpan(start, end - start).CopyTo(rented);
        (start, end) = (0, end - start);
        if (from != rented)
        {
            ArrayPool<byte>.Shared.Return(from);
        }
    }
}
