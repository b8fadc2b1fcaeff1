using System.Security.Cryptography;
using System.Text;
using Crc32Hash = System.IO.Hashing.Crc32;

namespace Attachments.Application.Archives;

/// <summary>A file in an archive.</summary>
/// <param name="Path">Its name in the archive, with a folder before it where it is in one.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Crc32">Of all its bytes.</param>
/// <param name="Sha256">32 bytes.</param>
/// <param name="StoredAt">When it was stored.</param>
public sealed record ArchiveEntry(string Path, long Length, uint Crc32, byte[] Sha256, DateTimeOffset StoredAt)
{
    /// <summary>The blob with its bytes; null: they are in <see cref="Text"/>.</summary>
    public Guid? BlobId { get; init; }

    /// <summary>The bytes of an entry that the service has written itself.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>An entry that the service writes itself.</summary>
    public static ArchiveEntry CreateText(string path, string text, DateTimeOffset storedAt)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new ArchiveEntry(path, bytes.Length, Crc32Hash.HashToUInt32(bytes), SHA256.HashData(bytes), storedAt) { Text = bytes };
    }
}
