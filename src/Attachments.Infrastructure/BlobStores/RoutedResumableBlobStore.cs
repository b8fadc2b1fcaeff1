using System.Data.Common;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Domain.Content;
using Attachments.Infrastructure.BlobStores.Directories;
using Attachments.Infrastructure.BlobStores.LargeObjects;
using Attachments.Infrastructure.BlobStores.S3;
using Microsoft.Extensions.Options;

namespace Attachments.Infrastructure.BlobStores;

/// <summary>
/// The uploads of a service with a bucket or a directory. New ones go to the store in <see cref="StorageOptions.Provider"/>; others go on in
/// the store that their rows name.
/// </summary>
internal sealed class RoutedResumableBlobStore(
    LargeObjectBlobStore largeObjects, S3ResumableBlobStore? objects, DirectoryResumableBlobStore? files, IOptions<StorageOptions> options)
    : IResumableBlobStore
{
    public Task<BlobLease> Start(Blob blob, DbTransaction transaction, CancellationToken cancellationToken) => options.Value.Provider switch
    {
        StorageProvider.S3 => objects!.Start(blob, transaction, cancellationToken),
        StorageProvider.Directory => DirectoryResumableBlobStore.Start(blob, transaction, cancellationToken),
        _ => largeObjects.Start(blob, transaction, cancellationToken),
    };

    public Task<BlobLease?> TakeOver(Guid blobId, CancellationToken cancellationToken) => largeObjects.TakeOver(blobId, cancellationToken);

    public Task<bool> Write(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken) =>
        lease.Store switch
        {
            StorageProvider.S3 => objects!.Write(lease, position, content, length, cancellationToken),
            StorageProvider.Directory => files!.Write(lease, position, content, length, cancellationToken),
            _ => largeObjects.Write(lease, position, content, length, cancellationToken),
        };

    public Task<bool> ReadTail(BlobLease lease, Memory<byte> buffer, CancellationToken cancellationToken) =>
        objects!.ReadTail(lease, buffer, cancellationToken);

    public Task<bool> Settle(
        BlobLease lease, long position, ReadOnlyMemory<byte> content, long length, CancellationToken cancellationToken) =>
        lease.Store switch
        {
            StorageProvider.S3 => objects!.Settle(lease, position, content, length, cancellationToken),
            StorageProvider.Directory => files!.Settle(lease, position, content, length, cancellationToken),
            _ => largeObjects.Settle(lease, position, content, length, cancellationToken),
        };

    public async Task Complete(Guid blobId, long length, CancellationToken cancellationToken)
    {
        if (files is not null && await files.TryComplete(blobId, length, cancellationToken))
        {
            return;
        }

        await (objects?.Complete(blobId, length, cancellationToken) ?? largeObjects.Complete(blobId, length, cancellationToken));
    }

    public async Task Trim(Guid blobId, long length, DbTransaction transaction, CancellationToken cancellationToken)
    {
        await largeObjects.Trim(blobId, length, transaction, cancellationToken);
        await S3ResumableBlobStore.ForgetParts(blobId, transaction, cancellationToken);
    }
}
