using System.IO.Hashing;
using System.Security.Cryptography;
using Attachments.Application.Errors;
using Attachments.Domain.Content;

namespace Attachments.Application.Content.Uploads;

/// <summary>Computes the digests of a stream of bytes and compares them with the digests that the client sent.</summary>
public sealed class DigestCalculator : IDisposable
{
    private readonly ExpectedDigests expected;
    private readonly List<(string Algorithm, IncrementalHash Hash)> hashes = [];
    private readonly Crc32? crc32;

    /// <param name="expected">What the client sent, which is all that is computed.</param>
    public DigestCalculator(ExpectedDigests expected)
        : this(expected, ofFile: false)
    {
    }

    private DigestCalculator(ExpectedDigests expected, bool ofFile)
    {
        this.expected = expected;
        Add(DigestAlgorithms.Md5, HashAlgorithmName.MD5, ofFile || expected.Md5 is not null);
        Add(DigestAlgorithms.Sha256, HashAlgorithmName.SHA256, ofFile || expected.Sha256 is not null);
        Add(DigestAlgorithms.Sha512, HashAlgorithmName.SHA512, expected.Sha512 is not null);
        crc32 = ofFile ? new Crc32() : null;
    }

    /// <summary>Computes what is stored of a file as well.</summary>
    /// <param name="expected">What the client sent.</param>
    public static DigestCalculator ForFile(ExpectedDigests expected) => new(expected, ofFile: true);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var (_, hash) in hashes)
        {
            hash.AppendData(bytes);
        }

        crc32?.Append(bytes);
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

    /// <summary>What is stored of a file, of the bytes so far. Only of a calculator <see cref="ForFile"/>.</summary>
    public ContentDigests GetContentDigests() => new(
        FindDigest(DigestAlgorithms.Md5)!,
        FindDigest(DigestAlgorithms.Sha256)!,
        crc32!.GetCurrentHashAsUInt32(),
        FindDigest(DigestAlgorithms.Sha512));

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

        var found = FindDigest(algorithm) ?? throw new InvalidRequestException(
            "digest_unannounced", $"A {algorithm} digest in the trailer section must be announced in the Trailer header.");
        if (!found.AsSpan().SequenceEqual(digest))
        {
            throw new DigestMismatchException(algorithm);
        }
    }

    private byte[]? FindDigest(string algorithm) => hashes.Find(computed => computed.Algorithm == algorithm).Hash?.GetCurrentHash();

    private void Add(string algorithm, HashAlgorithmName name, bool isWanted)
    {
        if (isWanted || expected.Trailing?.Announced.Contains(algorithm) == true)
        {
            hashes.Add((algorithm, IncrementalHash.CreateHash(name)));
        }
    }
}
