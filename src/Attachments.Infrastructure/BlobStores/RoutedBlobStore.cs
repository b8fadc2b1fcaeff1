using System.Data.Common;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.LargeObjects;
using Attachments.Infrastructure.BlobStores.S3;
using Microsoft.Extensions.Options;

namespace Attachments.Infrastructure.BlobStores;

/// <summary>
/// The store of a service with a bucket. New blobs go to the store in <see cref="StorageOptions.Provider"/>; others are read from the store
/// that their row names, since that setting may have changed or the blob may have been moved.
/// </summary>
internal sealed class RoutedBlobStore(LargeObjectBlobStore largeObjects, S3BlobStore objects, IOptions<StorageOptions> options) : IBlobStore
{
    // Another attempt is needed only if the blob was moved between the lookup and the read.
    private const int MaxAttempts = 3;

    private readonly IBlobStore storeForNew = options.Value.Provider == StorageProvider.S3 ? objects : largeObjects;

    public int PieceBytes => storeForNew.PieceBytes;

    public Task Create(IReadOnlyList<NewBlob> blobs, CancellationToken cancellationToken) => storeForNew.Create(blobs, cancellationToken);

    public Task Append(Guid blobId, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        storeForNew.Append(blobId, offset, content, cancellationToken);

    public Task Complete(Guid blobId, long length, CancellationToken cancellationToken) =>
        storeForNew.Complete(blobId, length, cancellationToken);

    public async Task<int> Read(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        for (var look = 1; ; look++)
        {
            if (await largeObjects.ReadIfHere(blobId, offset, buffer, cancellationToken) is { } read)
            {
                return read;
            }

            try
            {
                return await objects.Read(blobId, offset, buffer, cancellationToken);
            }
            catch (BlobGoneException) when (look < MaxAttempts)
            {
            }
        }
    }

    public Task<int> Delete(IReadOnlyCollection<Guid> blobIds, DbTransaction transaction, CancellationToken cancellationToken) =>
        objects.Delete(blobIds, transaction, cancellationToken);
}
