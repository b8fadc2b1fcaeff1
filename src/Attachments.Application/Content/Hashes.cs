using System.Security.Cryptography;
using Attachments.Application.Common;

namespace Attachments.Application.Content;

/// <summary>The digests of bytes as they pass: those that are kept, and those that the client wants compared.</summary>
internal sealed class Hashes(ExpectedDigests expected) : IDisposable
{
    private readonly IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash? sha512 =
        expected.Sha512 is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA512);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        md5.AppendData(bytes);
        sha256.AppendData(bytes);
        sha512?.AppendData(bytes);
    }

    /// <summary>Ends the digests, and compares them with what the client sent.</summary>
    /// <exception cref="DigestMismatchException">One of them differs.</exception>
    public (byte[] Md5, byte[] Sha256) Finish()
    {
        var digests = (Md5: md5.GetHashAndReset(), Sha256: sha256.GetHashAndReset());
        Compare("md5", expected.Md5, digests.Md5);
        Compare("sha-256", expected.Sha256, digests.Sha256);
        Compare("sha-512", expected.Sha512, sha512?.GetHashAndReset());
        return digests;
    }

    public void Dispose()
    {
        md5.Dispose();
        sha256.Dispose();
        sha512?.Dispose();
    }

    private static void Compare(string algorithm, byte[]? expected, ReadOnlySpan<byte> actual)
    {
        if (expected is not null && !actual.SequenceEqual(expected))
        {
            throw new DigestMismatchException(algorithm);
        }
    }
}
