using System.Security.Cryptography;

namespace Attachments.Application.Uploads;

/// <summary>The checksum that a client sent with a chunk, before it or behind it (tus 1.0, "Checksum").</summary>
/// <param name="Sent">The checksum; null: it comes behind the bytes.</param>
/// <param name="ReadTrailer">Reads it there, once the bytes have been read to their end; null: it was sent before them.</param>
public sealed record ExpectedChecksum(Checksum? Sent, Func<Checksum>? ReadTrailer);

/// <param name="Algorithm">One of <see cref="ChecksumAlgorithms.Names"/>.</param>
/// <param name="Value">As long as the algorithm's are.</param>
public sealed record Checksum(string Algorithm, byte[] Value);

/// <summary>The algorithms of checksums, by their names in tus.</summary>
public static class ChecksumAlgorithms
{
    private static readonly Dictionary<string, (HashAlgorithmName Name, int Length)> Known = new(StringComparer.Ordinal)
    {
        ["sha1"] = (HashAlgorithmName.SHA1, SHA1.HashSizeInBytes),
        ["md5"] = (HashAlgorithmName.MD5, MD5.HashSizeInBytes),
        ["sha256"] = (HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
        ["sha512"] = (HashAlgorithmName.SHA512, SHA512.HashSizeInBytes),
    };

    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>In bytes; null: the algorithm is not known.</summary>
    public static int? FindLength(string algorithm) => Known.TryGetValue(algorithm, out var known) ? known.Length : null;

    internal static HashAlgorithmName GetName(string algorithm) => Known[algorithm].Name;
}

/// <summary>Computes the checksum of a chunk: by every algorithm, if the client says only at the end which one it is.</summary>
internal sealed class ChecksumCalculator(ExpectedChecksum expected) : IDisposable
{
    private readonly Dictionary<string, IncrementalHash> hashes =
        (expected.Sent is { } sent ? [sent.Algorithm] : ChecksumAlgorithms.Names).ToDictionary(
            algorithm => algorithm, algorithm => IncrementalHash.CreateHash(ChecksumAlgorithms.GetName(algorithm)));

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var hash in hashes.Values)
        {
            hash.AppendData(bytes);
        }
    }

    /// <exception cref="ChecksumMismatchException">The bytes are not those that the client sent.</exception>
    /// <exception cref="Errors.InvalidRequestException">The checksum behind the bytes is missing or cannot be read.</exception>
    public void Verify()
    {
        var checksum = expected.Sent ?? expected.ReadTrailer!();
        if (!hashes[checksum.Algorithm].GetCurrentHash().AsSpan().SequenceEqual(checksum.Value))
        {
            throw new ChecksumMismatchException(checksum.Algorithm);
        }
    }

    public void Dispose()
    {
        foreach (var hash in hashes.Values)
        {
            hash.Dispose();
        }
    }
}
