namespace Attachments.Domain.Content;

/// <summary>What is computed of all bytes of a file while they arrive.</summary>
/// <param name="Md5">16 bytes.</param>
/// <param name="Sha256">32 bytes; in lower-case hex it is the entity tag.</param>
/// <param name="Crc32">The checksum of zip archives (polynomial 0xEDB88320, reflected).</param>
/// <param name="Sha512">64 bytes; null: the client neither sent nor announced it.</param>
public sealed record ContentDigests(byte[] Md5, byte[] Sha256, uint Crc32, byte[]? Sha512 = null);
