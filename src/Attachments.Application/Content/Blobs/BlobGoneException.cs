namespace Attachments.Application.Content.Blobs;

/// <summary>A blob's bytes are not where its row says. This is not the client's fault.</summary>
public sealed class BlobGoneException(Guid blobId) : Exception($"The bytes of blob {blobId} are gone.")
{
    /// <summary>The error code of the 410 response to a download, whether the missing bytes are known before or found by reading.</summary>
    public const string Code = "content_missing";

    public const string Detail = "The stored content is missing. The error has been logged.";

    public Guid BlobId { get; } = blobId;
}
