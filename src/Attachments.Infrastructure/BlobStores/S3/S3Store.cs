using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.External;
using Attachments.Infrastructure.BlobStores.Ownership;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.S3;

/// <summary>The bucket, as one of the stores that the sweeper and the mover know.</summary>
internal sealed class S3Store(S3Bucket bucket, TimeProvider time) : IExternalStore
{
    public StorageProvider Provider => StorageProvider.S3;

    public string Column => "in_s3";

    public string Forget => "in_s3 = FALSE, upload_id = NULL";

    public StoreOwnership Ownership { get; } = new(new S3OwnerMarker(bucket));

    public Task<IReadOnlyDictionary<Guid, long?>> GetLengths(IReadOnlyCollection<Guid> blobIds, CancellationToken cancellationToken) =>
        bucket.GetLengths(blobIds, cancellationToken);

    public Task Delete(IReadOnlyCollection<Guid> blobIds, CancellationToken cancellationToken) =>
        bucket.Delete(blobIds, withUploads: true, cancellationToken);

    public IMigrationStore OpenForMoves(NpgsqlConnection session) => new S3MigrationStore(session, bucket, time);
}
