using Attachments.Application.Errors;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>Decodes the content of a part while it is read, within two small buffers.</summary>
/// <param name="encoded">The encoded content.</param>
/// <param name="encoding">Its name.</param>
/// <param name="maxHeldBytes">The most bytes that the decoder holds from one read to the next.</param>
internal abstract class TransferDecodingStream(Stream encoded, string encoding, int maxHeldBytes) : ForwardStream
{
    private const int BufferBytes = 16 << 10;

    // Of quoted-printable, the longer one, a byte takes three and its share of a line end.
    private const int MaxEncodedBytesOfOne = 4;

    private readonly byte[] buffer = new byte[BufferBytes];
    private readonly byte[] decodedBuffer = new byte[BufferBytes + maxHeldBytes];
    private ReadOnlyMemory<byte> decoded;
    private long surplus;
    private bool ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        while (decoded.IsEmpty && !ended)
        {
            var read = await encoded.ReadAsync(buffer, cancellationToken);
            ended = read == 0;
            var length = ended ? DecodeRest(decodedBuffer) : Decode(buffer.AsSpan(0, read), decodedBuffer);
            RequireContent(read, length);
            decoded = decodedBuffer.AsMemory(0, length);
        }

        var served = Math.Min(destination.Length, decoded.Length);
        decoded[..served].CopyTo(destination);
        decoded = decoded[served..];
        return served;
    }

    /// <summary>Decodes the next bytes; what cannot be decoded without those that follow is kept back.</summary>
    /// <returns>How many bytes were decoded.</returns>
    /// <exception cref="InvalidRequestException">See <see cref="Broken"/>.</exception>
    protected abstract int Decode(ReadOnlySpan<byte> bytes, Span<byte> destination);

    /// <summary>Decodes the held bytes at the end of the content.</summary>
    /// <returns>How many bytes were decoded.</returns>
    /// <exception cref="InvalidRequestException">See <see cref="Broken"/>.</exception>
    protected abstract int DecodeRest(Span<byte> destination);

    protected InvalidRequestException Broken() =>
        new("transfer_encoding_invalid", $"The content of a part is not valid {encoding}, the Content-Transfer-Encoding that it declares.");

    /// <summary>Refuses content that is almost all white space: the limits count decoded bytes, and would never apply.</summary>
    private void RequireContent(int read, int length)
    {
        surplus = Math.Max(0, surplus + read - ((long)length * MaxEncodedBytesOfOne));
        if (surplus > BufferBytes * MaxEncodedBytesOfOne)
        {
            throw Broken();
        }
    }
}
