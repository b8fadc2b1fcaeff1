using System.Security.Cryptography;
using Attachments.Application.Common;
using Attachments.Application.Content;

namespace Attachments.Api.Http.Uploads;

/// <summary>Hashes bytes as they pass, with the algorithms that digests were sent for, and compares in the end.</summary>
internal sealed class DigestCheck : IDisposable
{
    private readonly List<(string Algorithm, byte[] Expected, IncrementalHash Hash)> hashes = [];

    public DigestCheck(ExpectedDigests expected)
    {
        Add(DigestHeaders.Md5, expected.Md5, HashAlgorithmName.MD5);
        Add(DigestHeaders.Sha256, expected.Sha256, HashAlgorithmName.SHA256);
        Add(DigestHeaders.Sha512, expected.Sha512, HashAlgorithmName.SHA512);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var (_, _, hash) in hashes)
        {
            hash.AppendData(bytes);
        }
    }

    /// <summary>To be called once, after the last byte.</summary>
    /// <exception cref="DigestMismatchException">The bytes are not those that the client meant to send.</exception>
    public void Verify()
    {
        foreach (var (algorithm, expected, hash) in hashes)
        {
            if (!hash.GetHashAndReset().AsSpan().SequenceEqual(expected))
            {
                throw new DigestMismatchException(algorithm);
            }
        }
    }

    public void Dispose() => hashes.ForEach(entry => entry.Hash.Dispose());

    private void Add(string algorithm, byte[]? expected, HashAlgorithmName name)
    {
        if (expected is not null)
        {
            hashes.Add((algorithm, expected, IncrementalHash.CreateHash(name)));
        }
    }
}
