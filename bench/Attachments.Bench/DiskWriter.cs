using System.Diagnostics;
using System.Security.Cryptography;

namespace Attachments.Bench;

/// <summary>A program that does no more than a store of files has to: it writes and syncs bytes beside their MD5 and SHA-256.</summary>
internal static class DiskWriter
{
    private const int PieceBytes = 1 << 20;

    /// <returns>The seconds that it takes, with two threads.</returns>
    public static async Task<double> Write(byte[] content, string path)
    {
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Task.Run(() => Digest(content)), Task.Run(() => WriteDurably(content, path)));
        var seconds = watch.Elapsed.TotalSeconds;
        File.Delete(path);
        return seconds;
    }

    private static void Digest(byte[] content)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in content.Chunks())
        {
            md5.AppendData(piece.Span);
            sha256.AppendData(piece.Span);
        }

        md5.GetHashAndReset();
        sha256.GetHashAndReset();
    }

    private static void WriteDurably(byte[] content, string path)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var offset = 0L;
        foreach (var piece in content.Chunks())
        {
            RandomAccess.Write(file, piece.Span, offset);
            offset += piece.Length;
        }

        RandomAccess.FlushToDisk(file);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Chunks(this byte[] content)
    {
        for (var offset = 0; offset < content.Length; offset += PieceBytes)
        {
            yield return content.AsMemory(offset, Math.Min(PieceBytes, content.Length - offset));
        }
    }
}
