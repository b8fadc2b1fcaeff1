using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.External;
using Attachments.Infrastructure.BlobStores.Ownership;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.Directories;

/// <summary>The directory, as one of the stores that the sweeper and the mover know.</summary>
internal sealed class DirectoryStore(BlobDirectory directory, TimeProvider time) : IExternalStore
{
    public StorageProvider Provider => StorageProvider.Directory;

    public string Column => "in_directory";

    public string Forget => "in_directory = FALSE";

    public StoreOwnership Ownership { get; } = new(new DirectoryOwnerMarker(directory));

    public Task<IReadOnlyDictionary<Guid, long?>> GetLengths(IReadOnlyCollection<Guid> blobIds, CancellationToken cancellationToken) =>
        DirectoryFailures.Act<IReadOnlyDictionary<Guid, long?>>(() => blobIds.ToDictionary(blobId => blobId, directory.GetLength));

    public Task Delete(IReadOnlyCollection<Guid> blobIds, CancellationToken cancellationToken) =>
        DirectoryFailures.Act(() => directory.Delete(blobIds, cancellationToken));

    public IMigrationStore OpenForMoves(NpgsqlConnection session) => new DirectoryMigrationStore(session, directory, time);
}
