namespace Attachments.Application.Content.Blobs;

/// <summary>A blob's bytes exist but cannot be read. This is not the client's fault.</summary>
public sealed class BlobDamagedException(Guid blobId, Exception cause) : Exception($"The bytes of blob {blobId} are damaged.", cause)
{
    public Guid BlobId { get; } = blobId;
}
