using System.Data.Common;
using Attachments.Application.Content.Blobs;

namespace Attachments.Infrastructure.BlobStores.External;

/// <summary>The <see cref="IBlobStore"/> of a store outside the database.</summary>
internal interface IExternalBlobStore : IBlobStore
{
    /// <summary>Finds what is here of blobs while their rows are there, and requires that this database may delete it.</summary>
    /// <returns>Deletes it, once the rows are deleted.</returns>
    Task<Func<CancellationToken, Task>> PrepareDelete(
        IReadOnlyCollection<Guid> blobIds, DbTransaction transaction, CancellationToken cancellationToken);

    Task<int> IBlobStore.Delete(IReadOnlyCollection<Guid> blobIds, DbTransaction transaction, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A blob may be in several stores, so only all of them together delete it.");
}
