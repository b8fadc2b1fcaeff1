namespace Attachments.Application.Content.Blobs;

/// <summary>A blob's bytes are not where its row says. The caller did nothing wrong.</summary>
public sealed class BlobGoneException(Guid blobId) : Exception($"The bytes of blob {blobId} are gone.")
{
    public Guid BlobId { get; } = blobId;
}
