using System.Buffers;
using System.Buffers.Text;

namespace Attachments.Api.Http.Uploads.Multipart;

/// <summary>
/// Decodes base64 in lines of any length (RFC 2045, section 6.8). The RFC has decoders skip invalid characters; here they are refused,
/// since the client meant something else.
/// </summary>
internal sealed class Base64Stream(Stream encoded) : TransferDecodingStream(encoded, "base64", maxHeldBytes: QuantumLength)
{
    // 4 characters are 3 bytes. The last ones are kept back, because they may be padded.
    private const int QuantumLength = 4;

    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n"u8);

    private readonly ArrayBufferWriter<byte> text = new();

    protected override int Decode(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOfAny(WhiteSpace);
            text.Write(end < 0 ? bytes : bytes[..end]);
            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }

        var complete = Math.Max(0, text.WrittenCount - 1) / QuantumLength * QuantumLength;
        var written = Decode(text.WrittenSpan[..complete], destination, isFinal: false);
        var rest = text.WrittenSpan[complete..].ToArray();
        text.ResetWrittenCount();
        text.Write(rest);
        return written;
    }

    protected override int DecodeRest(Span<byte> destination) => Decode(text.WrittenSpan, destination, isFinal: true);

    private int Decode(ReadOnlySpan<byte> characters, Span<byte> destination, bool isFinal)
    {
        var status = Base64.DecodeFromUtf8(characters, destination, out var consumed, out var written, isFinal);
        return status == OperationStatus.Done && consumed == characters.Length ? written : throw Broken();
    }
}
