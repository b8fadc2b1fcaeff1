using System.Data.Common;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.External;
using Attachments.Infrastructure.BlobStores.LargeObjects;
using Microsoft.Extensions.Options;

namespace Attachments.Infrastructure.BlobStores;

/// <summary>
/// The store of a service with a bucket or a directory. New blobs go to the store in <see cref="StorageOptions.Provider"/>; others are read
/// from the store that their row names, since that setting may have changed or the blob may have been moved.
/// </summary>
internal sealed class RoutedBlobStore(
    LargeObjectBlobStore largeObjects,
    IReadOnlyDictionary<StorageProvider, IExternalBlobStore> externals,
    IOptions<StorageOptions> options)
    : IBlobStore
{
    // Another attempt is needed only if the blob was moved between the lookup and the read.
    private const int MaxAttempts = 3;

    public int PieceBytes => StoreForNew.PieceBytes;

    private IBlobStore StoreForNew =>
        options.Value.Provider == StorageProvider.LargeObject ? largeObjects : Find(options.Value.Provider);

    public Task Create(IReadOnlyList<NewBlob> blobs, CancellationToken cancellationToken) => StoreForNew.Create(blobs, cancellationToken);

    public Task Append(Guid blobId, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        StoreForNew.Append(blobId, offset, content, cancellationToken);

    public Task Complete(Guid blobId, long length, CancellationToken cancellationToken) =>
        StoreForNew.Complete(blobId, length, cancellationToken);

    public async Task<int> Read(Guid blobId, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        for (var look = 1; ; look++)
        {
            var (store, read) = await largeObjects.ReadOrLocate(blobId, offset, buffer, cancellationToken);
            if (store == StorageProvider.LargeObject)
            {
                return read;
            }

            try
            {
                return await Find(store).Read(blobId, offset, buffer, cancellationToken);
            }
            catch (BlobGoneException) when (look < MaxAttempts)
            {
            }
        }
    }

    /// <summary>Deletes the rows first, with any large objects: a moved blob may have a copy in several stores. The others go last.</summary>
    public async Task<int> Delete(IReadOnlyCollection<Guid> blobIds, DbTransaction transaction, CancellationToken cancellationToken)
    {
        var deletions = new List<Func<CancellationToken, Task>>();
        foreach (var store in externals.Values)
        {
            deletions.Add(await store.PrepareDelete(blobIds, transaction, cancellationToken));
        }

        var deleted = await largeObjects.Delete(blobIds, transaction, cancellationToken);
        foreach (var delete in deletions)
        {
            await delete(cancellationToken);
        }

        return deleted;
    }

    private IExternalBlobStore Find(StorageProvider store) => externals.GetValueOrDefault(store)
        ?? throw new UnavailableException(
            "store_unavailable", "The file store is temporarily unavailable; try again.", new ConfigurationException($"{store} is not configured."));
}
