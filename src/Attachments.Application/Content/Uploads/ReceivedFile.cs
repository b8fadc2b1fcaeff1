using Attachments.Domain.Content;

namespace Attachments.Application.Content.Uploads;

/// <summary>
/// A file whose bytes have all been received and checked, and that nothing refers to yet. A small file is in memory, any other is in a
/// pending blob; only <see cref="UploadReceiver"/> knows which.
/// </summary>
public sealed class ReceivedFile
{
    internal ReceivedFile(FileName? fileName, string mediaType, long length, ContentDigests digests)
    {
        FileName = fileName;
        MediaType = mediaType;
        Length = length;
        Digests = digests;
    }

    /// <summary>Null: the client sent none.</summary>
    public FileName? FileName { get; }

    public string MediaType { get; }

    /// <summary>In bytes.</summary>
    public long Length { get; }

    public ContentDigests Digests { get; }

    /// <summary>Rented memory with the bytes; null once they are in a blob.</summary>
    internal byte[]? Buffer { get; set; }

    /// <summary>The bytes in <see cref="Buffer"/>.</summary>
    internal ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, (int)Length);

    /// <summary>The pending blob that has the bytes; null while they are in memory.</summary>
    internal Guid? PendingBlobId { get; set; }
}
