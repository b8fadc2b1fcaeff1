using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.External;
using Npgsql;
using NpgsqlTypes;

namespace Attachments.Infrastructure.BlobStores.Migration;

/// <summary>Copies in large objects, each made and named by one statement, so that none is ever without its row.</summary>
internal sealed class LargeObjectMigrationStore(NpgsqlConnection session, TimeProvider time) : IMigrationStore
{
    private const int PieceBytes = 1 << 20;

    private const string Find =
        """
        SELECT FROM blobs
        WHERE id = $1 AND EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = large_object)
        """;

    private const string BeginCopy =
        """
        WITH old AS (
            SELECT id, large_object FROM blobs WHERE id = $1 AND store <> 0 AND state = 1 AND released_at IS NULL FOR UPDATE)
        UPDATE blobs SET large_object = lo_from_bytea(0, ''), touched_at = $2 FROM old WHERE blobs.id = old.id
        RETURNING (SELECT lo_unlink(oid) FROM pg_largeobject_metadata WHERE oid = old.large_object)
        """;

    private const string WritePiece =
        """
        UPDATE blobs SET touched_at = $2 WHERE id = $1 AND store <> 0
        RETURNING lo_put(large_object, $3, $4), set_config('synchronous_commit', 'off', true)
        """;

    private const string ReadSome =
        """
        SELECT lo_get(large_object, $2, $3) FROM blobs
        WHERE id = $1 AND EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = large_object)
        """;

    private const string SwitchHere =
        """
        UPDATE blobs SET store = 0, touched_at = $2
        WHERE id = $1 AND store <> 0 AND state = 1 AND large_object IS NOT NULL
        """;

    private readonly MigratedRow row = new(session, time);

    public StorageProvider Store => StorageProvider.LargeObject;

    public int PieceBytesFor(StoredBlob blob) => PieceBytes;

    public Task<bool> HasCopy(StoredBlob blob, CancellationToken cancellationToken) => row.Exists(Find, blob, cancellationToken);

    /// <summary>The rest of an earlier copy may be gigabytes in a million pages, so the deletion has no timeout.</summary>
    public Task<bool> StartCopy(StoredBlob blob, CancellationToken cancellationToken) => row.TouchWithoutTimeout(BeginCopy, blob, cancellationToken);

    public Task AppendPiece(StoredBlob blob, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken) => row.Touch(
        WritePiece,
        blob,
        cancellationToken,
        new NpgsqlParameter<long> { TypedValue = offset },
        new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = piece, NpgsqlDbType = NpgsqlDbType.Bytea });

    public Task<bool> CompleteCopy(StoredBlob blob, CancellationToken cancellationToken) => Task.FromResult(true);

    public async Task<int> Read(StoredBlob blob, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ReadSome, session)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = blob.Id },
                new NpgsqlParameter<long> { TypedValue = offset },
                new NpgsqlParameter<int> { TypedValue = buffer.Length },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return 0;
        }

        await using var content = await reader.GetStreamAsync(0, cancellationToken);
        return await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
    }

    public Task<bool> CutOver(StoredBlob blob, CancellationToken cancellationToken) => row.TouchWithoutTimeout(SwitchHere, blob, cancellationToken);
}
