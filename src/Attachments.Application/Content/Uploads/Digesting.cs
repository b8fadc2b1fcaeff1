using System.Security.Cryptography;
using Attachments.Application.Errors;

namespace Attachments.Application.Content.Uploads;

/// <summary>The digests of bytes as they pass: those that the client sent, to be compared, and those asked for besides.</summary>
public sealed class Digesting : IDisposable
{
    private readonly List<(string Algorithm, IncrementalHash Hash, byte[]? Expected)> hashes = [];

    /// <param name="expected">What the client sent.</param>
    /// <param name="also">Algorithms whose digests are wanted whatever the client sent.</param>
    public Digesting(ExpectedDigests expected, params ReadOnlySpan<HashAlgorithmName> also)
    {
        Add(DigestAlgorithms.Md5, HashAlgorithmName.MD5, expected.Md5, also);
        Add(DigestAlgorithms.Sha256, HashAlgorithmName.SHA256, expected.Sha256, also);
        Add(DigestAlgorithms.Sha512, HashAlgorithmName.SHA512, expected.Sha512, also);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var (_, hash, _) in hashes)
        {
            hash.AppendData(bytes);
        }
    }

    /// <summary>Compares what the client sent with the bytes that passed.</summary>
    /// <exception cref="DigestMismatchException">One of the digests differs.</exception>
    public void RequireExpected()
    {
        foreach (var (algorithm, hash, expected) in hashes)
        {
            if (expected is not null && !hash.GetCurrentHash().AsSpan().SequenceEqual(expected))
            {
                throw new DigestMismatchException(algorithm);
            }
        }
    }

    /// <summary>The digest of the bytes that passed, by an algorithm that was asked for.</summary>
    public byte[] Current(HashAlgorithmName algorithm) =>
        hashes.Find(digest => digest.Hash.AlgorithmName == algorithm).Hash.GetCurrentHash();

    public void Dispose()
    {
        foreach (var (_, hash, _) in hashes)
        {
            hash.Dispose();
        }
    }

    private void Add(string algorithm, HashAlgorithmName name, byte[]? expected, ReadOnlySpan<HashAlgorithmName> also)
    {
        if (expected is not null || also.Contains(name))
        {
            hashes.Add((algorithm, IncrementalHash.CreateHash(name), expected));
        }
    }
}
