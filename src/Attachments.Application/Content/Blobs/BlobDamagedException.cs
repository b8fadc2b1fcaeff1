namespace Attachments.Application.Content.Blobs;

/// <summary>A blob's bytes are there and cannot be read. The caller did nothing wrong.</summary>
public sealed class BlobDamagedException(Guid blobId, Exception cause) : Exception($"The bytes of blob {blobId} are damaged.", cause)
{
    public Guid BlobId { get; } = blobId;
}
