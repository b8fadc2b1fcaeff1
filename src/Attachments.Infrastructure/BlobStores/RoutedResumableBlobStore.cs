using System.Data.Common;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.BlobStores.LargeObjects;
using Attachments.Infrastructure.BlobStores.S3;
using Microsoft.Extensions.Options;

namespace Attachments.Infrastructure.BlobStores;

/// <summary>
/// The uploads of a service with a bucket. New ones go to the store in <see cref="StorageOptions.Provider"/>; others go on in the store
/// that their rows name.
/// </summary>
internal sealed class RoutedResumableBlobStore(
    LargeObjectBlobStore largeObjects, S3ResumableBlobStore objects, IOptions<StorageOptions> options) : IResumableBlobStore
{
    public Task<BlobLease> Start(Blob blob, DbTransaction transaction, CancellationToken cancellationToken) =>
        options.Value.Provider == StorageProvider.S3
            ? objects.Start(blob, transaction, cancellationToken)
            : largeObjects.Start(blob, transaction, cancellationToken);

    public Task<BlobLease?> TakeOver(Guid blobId, CancellationToken cancellationToken) => largeObjects.TakeOver(blobId, cancellationToken);

    public Task<bool> Write(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken) =>
        lease.HasParts
            ? objects.Write(lease, position, content, length, cancellationToken)
            : largeObjects.Write(lease, position, content, length, cancellationToken);

    public Task<bool> ReadTail(BlobLease lease, Memory<byte> buffer, CancellationToken cancellationToken) =>
        objects.ReadTail(lease, buffer, cancellationToken);

    public Task<bool> Settle(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken) =>
        lease.HasParts
            ? objects.Settle(lease, position, content, length, cancellationToken)
            : largeObjects.Settle(lease, position, content, length, cancellationToken);

    public Task Complete(Guid blobId, long length, CancellationToken cancellationToken) => objects.Complete(blobId, length, cancellationToken);

    public async Task Trim(Guid blobId, long length, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await largeObjects.Trim(blobId, length, transaction, cancellationToken);
        await S3ResumableBlobStore.ForgetParts(blobId, transaction, cancellationToken);
    }
}
