using System.Net;

namespace Attachments.Bench;

/// <summary>A body of a known length that is nowhere held whole.</summary>
/// <param name="length">In bytes.</param>
internal sealed class PatternContent(long length) : HttpContent
{
    private static readonly byte[] Piece = MakePiece();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (var left = length; left > 0; left -= Piece.Length)
        {
            await stream.WriteAsync(Piece.AsMemory(0, (int)Math.Min(left, Piece.Length)));
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }

    private static byte[] MakePiece()
    {
        var piece = new byte[1 << 16];
        new Random(2).NextBytes(piece);
        return piece;
    }
}
