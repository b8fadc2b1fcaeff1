using Attachments.Infrastructure.BlobStores.Ownership;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>The marker in an object among those of the blobs, so that the keys which are good for them are good for it.</summary>
internal sealed class S3OwnerMarker(S3Bucket bucket) : IOwnerMarker
{
    public string Store => $"bucket '{bucket.Name}'";

    public Task<string?> Read(CancellationToken cancellationToken) => bucket.ReadMarker(cancellationToken);

    public Task Create(string text, CancellationToken cancellationToken) => bucket.CreateMarker(text, cancellationToken);

    public Task Replace(string text, CancellationToken cancellationToken) => bucket.ReplaceMarker(text, cancellationToken);
}
