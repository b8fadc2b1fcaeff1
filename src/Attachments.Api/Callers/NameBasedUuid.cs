using System.Security.Cryptography;
using System.Text;

namespace Attachments.Api.Callers;

/// <summary>UUIDs made from names (RFC 9562, section 5.5).</summary>
internal static class NameBasedUuid
{
    private const int UuidBytes = 16;

    /// <summary>The namespace for URLs (RFC 9562, section 6.6).</summary>
    private static readonly Guid UrlNamespace = new("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

    /// <summary>The version 5 UUID of <paramref name="name"/>, as UTF-8, in the namespace for URLs.</summary>
    public static Guid CreateInUrlNamespace(string name)
    {
        var input = new byte[UuidBytes + Encoding.UTF8.GetByteCount(name)];
        UrlNamespace.TryWriteBytes(input, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, input.AsSpan(UuidBytes));

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The RFC names SHA-1. It names users here and protects nothing.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..UuidBytes], bigEndian: true);
    }
}
