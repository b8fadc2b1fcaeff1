namespace Attachments.Application.Content.Blobs;

/// <summary>A blob's bytes are not where its row says. The caller did nothing wrong.</summary>
public sealed class BlobGoneException(Guid blobId) : Exception($"The bytes of blob {blobId} are gone.")
{
    /// <summary>What a download is answered with, by 410: the same whether it is known before or found by reading.</summary>
    public const string Code = "content_missing";

    public const string Detail = "The stored content is not there. The operators have been told.";

    public Guid BlobId { get; } = blobId;
}
