using Attachments.Domain.Content;

namespace Attachments.Application.Content.Uploads;

/// <summary>
/// A file whose bytes have all been received and checked, and that nothing refers to yet. A small file is in memory, any other is in a
/// pending blob; only <see cref="UploadReceiver"/> knows which.
/// </summary>
public sealed class ReceivedFile
{
    internal ReceivedFile(FileName? fileName, string mediaType, long length, byte[] md5, byte[] sha256, byte[]? sha512)
    {
        FileName = fileName;
        MediaType = mediaType;
        Length = length;
        Md5 = md5;
        Sha256 = sha256;
        Sha512 = sha512;
    }

    /// <summary>Null: the client sent none.</summary>
    public FileName? FileName { get; }

    public string MediaType { get; }

    /// <summary>In bytes.</summary>
    public long Length { get; }

    /// <summary>16 bytes.</summary>
    public byte[] Md5 { get; }

    /// <summary>32 bytes.</summary>
    public byte[] Sha256 { get; }

    /// <summary>64 bytes; null: the client neither sent nor announced it.</summary>
    public byte[]? Sha512 { get; }

    /// <summary>Rented memory with the bytes; null once they are in a blob.</summary>
    internal byte[]? Buffer { get; set; }

    /// <summary>The bytes in <see cref="Buffer"/>.</summary>
    internal ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, (int)Length);

    /// <summary>The pending blob that has the bytes; null while they are in memory.</summary>
    internal Guid? PendingBlobId { get; set; }
}
