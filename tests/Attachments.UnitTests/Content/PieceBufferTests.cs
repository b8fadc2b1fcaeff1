using System.Security.Cryptography;
using Attachments.Application.Content.Uploads;

namespace Attachments.UnitTests.Content;

public sealed class PieceBufferTests
{
    private const int Capacity = 1 << 16;

    [TestCase(0, 1)]
    [TestCase(1, 1)]
    [TestCase(100, 1)]
    [TestCase(100, 1_000_000)]
    [TestCase(Capacity - 1, 16)]
    public async Task Holds_what_is_less_than_a_piece(int length, int expected)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        using var piece = new PieceBuffer(Capacity);
        (await piece.Fill(new MemoryStream(content), long.MaxValue, expected, CancellationToken.None)).ShouldBe(length);
        piece.Bytes.ToArray().ShouldBe(content);
        piece.IsFull.ShouldBeFalse();
    }

    [Test]
    public async Task Takes_one_piece_after_the_other_and_then_the_rest()
    {
        var content = RandomNumberGenerator.GetBytes((2 * Capacity) + 5);
        var stream = new MemoryStream(content);
        using var piece = new PieceBuffer(Capacity);
        foreach (var (from, to) in new[] { (0, Capacity), (Capacity, 2 * Capacity), (2 * Capacity, content.Length) })
        {
            (await piece.Fill(stream, long.MaxValue, 1, CancellationToken.None)).ShouldBe(to - from);
            piece.Bytes.ToArray().ShouldBe(content[from..to]);
            piece.IsFull.ShouldBe(to - from == Capacity);
        }

        (await piece.Fill(stream, long.MaxValue, 1, CancellationToken.None)).ShouldBe(0);
    }

    [TestCase(0)]
    [TestCase(10)]
    [TestCase(Capacity - 1)]
    [TestCase(Capacity)]
    public async Task Reads_one_byte_more_than_may_come_and_no_further(int allowed)
    {
        var stream = new MemoryStream(new byte[3 * Capacity]);
        using var piece = new PieceBuffer(Capacity);
        await piece.Fill(stream, allowed, Capacity, CancellationToken.None);
        stream.Position.ShouldBe(Math.Min(allowed + 1, Capacity));
    }
}
