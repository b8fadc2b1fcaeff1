using System.Security.Cryptography;
using Attachments.Application.Errors;

namespace Attachments.Application.Content.Uploads;

/// <summary>Computes the digests of a stream of bytes and compares them with the digests that the client sent.</summary>
public sealed class DigestCalculator : IDisposable
{
    private readonly ExpectedDigests expected;
    private readonly List<(string Algorithm, IncrementalHash Hash)> hashes = [];

    /// <param name="expected">What the client sent.</param>
    /// <param name="additional">Algorithms to compute in any case.</param>
    public DigestCalculator(ExpectedDigests expected, params ReadOnlySpan<HashAlgorithmName> additional)
    {
        this.expected = expected;
        Add(DigestAlgorithms.Md5, HashAlgorithmName.MD5, expected.Md5, additional);
        Add(DigestAlgorithms.Sha256, HashAlgorithmName.SHA256, expected.Sha256, additional);
        Add(DigestAlgorithms.Sha512, HashAlgorithmName.SHA512, expected.Sha512, additional);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var (_, hash) in hashes)
        {
            hash.AppendData(bytes);
        }
    }

    /// <summary>Compares the digests that the client sent, in headers or trailers, with those of all bytes so far.</summary>
    /// <exception cref="DigestMismatchException">One of the digests differs.</exception>
    /// <exception cref="InvalidRequestException">
    /// <c>digest_unannounced</c>: one came behind the bytes that was not computed on the way; and see <see cref="TrailingDigests"/>.
    /// </exception>
    public void VerifyExpected()
    {
        Require(expected);
        if (expected.Trailing is { } trailing)
        {
            Require(trailing.Read());
        }
    }

    /// <summary>The digest of the bytes so far, by an algorithm that is computed.</summary>
    public byte[] GetDigest(HashAlgorithmName algorithm) => FindDigest(algorithm)!;

    /// <summary>The digest of the bytes so far; null if this algorithm is not computed.</summary>
    public byte[]? FindDigest(HashAlgorithmName algorithm) =>
        hashes.Find(digest => digest.Hash.AlgorithmName == algorithm).Hash?.GetCurrentHash();

    public void Dispose()
    {
        foreach (var (_, hash) in hashes)
        {
            hash.Dispose();
        }
    }

    private void Require(ExpectedDigests digests)
    {
        Require(DigestAlgorithms.Md5, digests.Md5);
        Require(DigestAlgorithms.Sha256, digests.Sha256);
        Require(DigestAlgorithms.Sha512, digests.Sha512);
    }

    private void Require(string algorithm, byte[]? digest)
    {
        if (digest is null)
        {
            return;
        }

        var hash = hashes.Find(computed => computed.Algorithm == algorithm).Hash ?? throw new InvalidRequestException(
            "digest_unannounced", $"A {algorithm} digest in the trailer section must be announced in the Trailer header.");
        if (!hash.GetCurrentHash().AsSpan().SequenceEqual(digest))
        {
            throw new DigestMismatchException(algorithm);
        }
    }

    private void Add(string algorithm, HashAlgorithmName name, byte[]? sent, ReadOnlySpan<HashAlgorithmName> additional)
    {
        if (sent is not null || additional.Contains(name) || expected.Trailing?.Announced.Contains(algorithm) == true)
        {
            hashes.Add((algorithm, IncrementalHash.CreateHash(name)));
        }
    }
}
