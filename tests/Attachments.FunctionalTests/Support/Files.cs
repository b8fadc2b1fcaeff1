using System.Security.Cryptography;

namespace Attachments.FunctionalTests.Support;

/// <summary>Bytes to upload, and what is known of them.</summary>
internal static class Files
{
    /// <summary>Within the one transaction in which a small file is stored.</summary>
    public const int Small = 1000;

    /// <summary>Of several chunks, the last of them not full.</summary>
    public const int Large = 700_001;

    /// <summary>Bytes that look like nothing, the same for the same seed.</summary>
    public static byte[] Make(int length, int seed = 1)
    {
        var bytes = new byte[length];
#pragma warning disable CA5394 // They are no secret.
        new Random(seed).NextBytes(bytes);
#pragma warning restore CA5394
        return bytes;
    }

    public static string Md5(this byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    public static string EntityTag(this byte[] bytes) => $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"";

    /// <summary>A member of Content-Digest or Repr-Digest (RFC 9530).</summary>
    public static string Sha256Member(this byte[] bytes) => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(bytes))}:";
}
