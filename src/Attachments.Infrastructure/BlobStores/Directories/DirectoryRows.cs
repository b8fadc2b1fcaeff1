using Attachments.Application.Content.Blobs;
using Attachments.Domain.Content;
using Attachments.Infrastructure.Persistence;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.Directories;

/// <summary>The rows of blobs whose files are being written.</summary>
internal sealed class DirectoryRows(NpgsqlDataSource dataSource, TimeProvider time)
{
    /// <summary>Committed durably before there is a file: otherwise a crash could leave one that no row knows.</summary>
    public const string InsertPending =
        """
        INSERT INTO blobs (id, state, length, media_type, stored_by, created_at, touched_at, store, in_directory)
        VALUES ($1, 0, 0, $2, $3, $4, $5, 2, TRUE)
        """;

    // Waits for the sweeper, if it is deleting the blob: who finds the row finds that its file is not deleted yet.
    private const string FindPending =
        """
        SELECT FROM blobs WHERE id = $1 AND state = 0 AND store = 2 AND length = $2 AND released_at IS NULL FOR KEY SHARE
        """;

    private const string FindLeased =
        """
        SELECT FROM blobs WHERE id = $1 AND state = 0 AND store = 2 AND fence = $2 AND length = $3 AND released_at IS NULL FOR KEY SHARE
        """;

    // A crash may lose this progress. The transaction that completes the blob notices, and its commit does wait for the disk.
    private const string RecordProgress =
        """
        UPDATE blobs SET length = $3, touched_at = $4
        WHERE id = $1 AND state = 0 AND store = 2 AND length = $2 AND released_at IS NULL
        RETURNING set_config('synchronous_commit', 'off', true)
        """;

    private const string Settle =
        """
        UPDATE blobs SET length = $4, touched_at = $5
        WHERE id = $1 AND state = 0 AND store = 2 AND fence = $2 AND length = $3 AND released_at IS NULL
        RETURNING id
        """;

    private const string SettleSoon = Settle + ", set_config('synchronous_commit', 'off', true)";

    // Waits for the disk, and so for all that was committed before.
    private const string ConfirmLeased =
        "UPDATE blobs SET length = $3 WHERE id = $1 AND state = 0 AND store = 2 AND fence = $2 AND length = $3 AND released_at IS NULL RETURNING id";

    private const string FindAny = "SELECT FROM blobs WHERE id = $1 FOR KEY SHARE";

    private const string ReleasePending = "UPDATE blobs SET released_at = $2 WHERE id = $1 AND state = 0 AND released_at IS NULL";

    public static void AddTo(NpgsqlCommand insert, Blob blob)
    {
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blob.Id });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = blob.MediaType });
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blob.StoredBy });
        insert.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = blob.CreatedAt });
        insert.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = blob.TouchedAt });
    }

    public async Task Insert(Blob blob, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(InsertPending);
        AddTo(command, blob);
        await PostgresFailures.Translate(() => command.ExecuteNonQueryAsync(cancellationToken));
    }

    /// <returns>Whether a pending blob has that length.</returns>
    public async Task<bool> IsPending(Guid blobId, long length, CancellationToken cancellationToken)
    {
        await using var command = For(FindPending, blobId, length);
        return await Find(command, cancellationToken);
    }

    /// <returns>Whether a lease is not over.</returns>
    public async Task<bool> IsLeased(BlobLease lease, CancellationToken cancellationToken)
    {
        await using var command = For(FindLeased, lease.BlobId, lease.Fence, lease.Length);
        return await Find(command, cancellationToken);
    }

    /// <returns>Whether there is a row, in whichever state.</returns>
    public async Task<bool> IsKnown(Guid blobId)
    {
        await using var command = For(FindAny, blobId);
        return await Find(command, CancellationToken.None);
    }

    /// <summary>Makes the length that counts durable.</summary>
    /// <returns>False: the lease is over.</returns>
    public async Task<bool> Confirm(BlobLease lease, CancellationToken cancellationToken)
    {
        await using var command = For(ConfirmLeased, lease.BlobId, lease.Fence, lease.Length);
        return await Find(command, cancellationToken);
    }

    /// <returns>False: the blob is not pending any more.</returns>
    public async Task<bool> SaveProgress(Guid blobId, long from, long to, CancellationToken cancellationToken)
    {
        await using var command = For(RecordProgress, blobId, from, to);
        AddNow(command);
        return await Find(command, cancellationToken);
    }

    /// <summary>Makes the length that counts another one.</summary>
    /// <returns>False: the lease is over.</returns>
    public async Task<bool> Count(BlobLease lease, long length, bool isDurable, CancellationToken cancellationToken)
    {
        await using var command = For(isDurable ? Settle : SettleSoon, lease.BlobId, lease.Fence, lease.Length, length);
        AddNow(command);
        return await Find(command, cancellationToken);
    }

    /// <summary>Gives up a pending blob whose bytes are lost.</summary>
    public async Task Release(Guid blobId)
    {
        await using var command = For(ReleasePending, blobId);
        AddNow(command);
        await PostgresFailures.Translate(() => command.ExecuteNonQueryAsync(CancellationToken.None));
    }

    private NpgsqlCommand For(string statement, Guid blobId, params ReadOnlySpan<long> numbers)
    {
        var command = dataSource.CreateCommand(statement);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = blobId });
        foreach (var number in numbers)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        }

        return command;
    }

    private void AddNow(NpgsqlCommand command) =>
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });

    /// <returns>Whether there was a row.</returns>
    private static Task<bool> Find(NpgsqlCommand command, CancellationToken cancellationToken) => PostgresFailures.Translate(async () =>
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    });
}
