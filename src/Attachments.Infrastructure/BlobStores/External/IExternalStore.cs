using Attachments.Application.Content.Blobs;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.Ownership;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.External;

/// <summary>A store outside the database, which takes part in no transaction, so that rows say what may be in it.</summary>
public interface IExternalStore
{
    StorageProvider Provider { get; }

    /// <summary>The column of <c>blobs</c> that says whether something of a blob may be here.</summary>
    string Column { get; }

    /// <summary>What an UPDATE of <c>blobs</c> sets when nothing of them is here any more.</summary>
    string Forget { get; }

    StoreOwnership Ownership { get; }

    /// <returns>The length of each blob here, in bytes; null where it is not here, or the store refuses to tell.</returns>
    Task<IReadOnlyDictionary<Guid, long?>> GetLengths(IReadOnlyCollection<Guid> blobIds, CancellationToken cancellationToken);

    /// <summary>Deletes all that is here of blobs, whole or not.</summary>
    /// <exception cref="BlobRefusedException">Names those that are still there; all the others are deleted.</exception>
    Task Delete(IReadOnlyCollection<Guid> blobIds, CancellationToken cancellationToken);

    /// <summary>This store as the source or the target of moves.</summary>
    /// <param name="session">The connection of the mover.</param>
    IMigrationStore OpenForMoves(NpgsqlConnection session);
}
