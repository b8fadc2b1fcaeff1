using System.Buffers;
using System.Security.Cryptography;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Infrastructure.BlobStores.External;
using Attachments.Infrastructure.Persistence;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.Migration;

/// <summary>
/// Moves stored blobs from the other stores to one while the service runs. For each blob it records the copy in the row, copies the bytes,
/// verifies the copy by its digest, and then switches reads to it in one statement. The sweeper deletes the old bytes. If a run is
/// interrupted, the rows are still correct and the next run continues. A complete copy from an earlier run is reused.
/// </summary>
public sealed class BlobMover(
    NpgsqlDataSource dataSource, ExternalStores stores, TimeProvider time, ILogger<BlobMover> logger)
{
    private const int PageSize = 100;

    private const int ReadBytes = 1 << 20;

    // One mover at a time, so that two in opposite directions do not meet at a blob.
    private const long MoverLock = 0x4174_7461_6368_0002;

    private const string FindSome =
        """
        SELECT id, length, sha256 FROM blobs
        WHERE store = $1 AND state = 1 AND released_at IS NULL AND id > $2
        ORDER BY id LIMIT $3
        """;

    /// <summary>Moves all blobs that are stored elsewhere, except released ones.</summary>
    /// <exception cref="ConfigurationException">There is no such store, or one of them belongs to another database.</exception>
    /// <exception cref="UnavailableException">A store cannot be reached; what was moved so far is moved.</exception>
    public async Task<MoveResult> Move(StorageProvider to, CancellationToken cancellationToken)
    {
        // All writes use the connection that holds the locks, so a mover that has lost its locks can change nothing.
        var externals = to == StorageProvider.LargeObject ? stores.RequireAny() : stores.RequireWith(to);
        await using var session = await dataSource.OpenConnectionAsync(cancellationToken);
        List<IMigrationStore> all = [new LargeObjectMigrationStore(session, time), .. externals.Select(store => store.OpenForMoves(session))];
        var target = all.Single(store => store.Store == to);
        await AcquireLocks(session, to, cancellationToken);
        try
        {
            await RequireOwned(session, cancellationToken);
            var result = new MoveResult(0, 0, 0);
            foreach (var source in all.Where(store => store != target))
            {
                result += await Move(session, source, target, cancellationToken);
            }

            return result;
        }
        finally
        {
            await ReleaseLocks(session);
        }
    }

    private async Task<MoveResult> Move(
        NpgsqlConnection session, IMigrationStore source, IMigrationStore target, CancellationToken cancellationToken)
    {
        var result = new MoveResult(0, 0, 0);
        for (var last = Guid.Empty; ;)
        {
            var page = await ReadPage(session, source.Store, last, cancellationToken);
            if (page.Count == 0)
            {
                return result;
            }

            foreach (var blob in page)
            {
                await Reconnect(session, target.Store, cancellationToken);
                result = await TryMove(source, target, blob, cancellationToken) switch
                {
                    MoveOutcome.Moved => result with { Blobs = result.Blobs + 1, Bytes = result.Bytes + blob.Length },
                    MoveOutcome.Damaged => result with { Damaged = result.Damaged + 1 },
                    _ => result,
                };
            }

            await Reconnect(session, target.Store, cancellationToken);
            last = page[^1].Id;
        }
    }

    private async Task<MoveOutcome> TryMove(
        IMigrationStore source, IMigrationStore target, StoredBlob blob, CancellationToken cancellationToken)
    {
        try
        {
            return await Move(source, target, blob, cancellationToken);
        }
        catch (PostgresException exception) when (PostgresFailures.IsDataCorruption(exception))
        {
            logger.LogError(exception, "Blob {Blob} cannot be read; it was not moved.", blob.Id);
            return MoveOutcome.Damaged;
        }
        catch (Exception exception) when (exception is BlobRefusedException or BlobDamagedException)
        {
            // A store that does not answer at all ends the run before this point.
            logger.LogError(exception, "A store refused a request for blob {Blob}; the blob was not moved.", blob.Id);
            return MoveOutcome.Damaged;
        }
    }

    private async Task<MoveOutcome> Move(
        IMigrationStore source, IMigrationStore target, StoredBlob blob, CancellationToken cancellationToken)
    {
        // A copy from an earlier move may be the last good one. Do not overwrite it with bytes that are not verified.
        if (await target.HasCopy(blob, cancellationToken) && await IsIntact(target, blob, cancellationToken))
        {
            return await target.CutOver(blob, cancellationToken) ? MoveOutcome.Moved : MoveOutcome.Gone;
        }

        if (!await target.StartCopy(blob, cancellationToken))
        {
            return MoveOutcome.Gone;
        }

        if (!await CopyBytes(source, target, blob, cancellationToken))
        {
            logger.LogError("The content of blob {Blob} does not match its digest; the blob was not moved.", blob.Id);
            return MoveOutcome.Damaged;
        }

        if (!await target.CompleteCopy(blob, cancellationToken) || !await IsIntact(target, blob, cancellationToken))
        {
            logger.LogError("The copy of blob {Blob} differs from the original; the blob was not moved.", blob.Id);
            return MoveOutcome.Damaged;
        }

        return await target.CutOver(blob, cancellationToken) ? MoveOutcome.Moved : MoveOutcome.Gone;
    }

    /// <returns>False: the bytes are not those of the digest.</returns>
    private static async Task<bool> CopyBytes(
        IMigrationStore source, IMigrationStore target, StoredBlob blob, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(target.PieceBytesFor(blob), blob.Length));
        try
        {
            var copied = 0L;
            do
            {
                var wanted = (int)Math.Min(target.PieceBytesFor(blob), blob.Length - copied);
                if (await ReadPiece(source, blob, copied, piece.AsMemory(0, wanted), cancellationToken) < wanted)
                {
                    return false;
                }

                sha256.AppendData(piece, 0, wanted);
                await target.AppendPiece(blob, copied, piece.AsMemory(0, wanted), cancellationToken);
                copied += wanted;
            }
            while (copied < blob.Length);

            return sha256.GetHashAndReset().AsSpan().SequenceEqual(blob.Sha256);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static async Task<int> ReadPiece(
        IMigrationStore source, StoredBlob blob, long offset, Memory<byte> piece, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < piece.Length)
        {
            var wanted = Math.Min(ReadBytes, piece.Length - filled);
            var read = await source.Read(blob, offset + filled, piece.Slice(filled, wanted), cancellationToken);
            filled += read;
            if (read < wanted)
            {
                break;
            }
        }

        return filled;
    }

    private static async Task<bool> IsIntact(IMigrationStore copies, StoredBlob blob, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            var (length, read) = (0L, 0);
            do
            {
                read = await copies.Read(blob, length, buffer.AsMemory(0, ReadBytes), cancellationToken);
                sha256.AppendData(buffer, 0, read);
                length += read;
            }
            while (read > 0);

            return length == blob.Length && sha256.GetHashAndReset().AsSpan().SequenceEqual(blob.Sha256);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<List<StoredBlob>> ReadPage(
        NpgsqlConnection session, StorageProvider store, Guid last, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindSome, session)
        {
            Parameters =
            {
                new NpgsqlParameter<short> { TypedValue = (short)store },
                new NpgsqlParameter<Guid> { TypedValue = last },
                new NpgsqlParameter<int> { TypedValue = PageSize },
            },
        };
        var page = new List<StoredBlob>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(new StoredBlob(reader.GetGuid(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
        }

        return page;
    }

    /// <summary>Reopens the connection and takes the locks again, if a disk error on the previous blob has closed it.</summary>
    private async Task Reconnect(NpgsqlConnection session, StorageProvider to, CancellationToken cancellationToken)
    {
        if (session.State != System.Data.ConnectionState.Open)
        {
            await session.CloseAsync();
            await session.OpenAsync(cancellationToken);
            await AcquireLocks(session, to, cancellationToken);
            await RequireOwned(session, cancellationToken);
        }
    }

    private async Task RequireOwned(NpgsqlConnection session, CancellationToken cancellationToken)
    {
        foreach (var store in stores.Configured)
        {
            await store.Ownership.Require(session, cancellationToken);
        }
    }

    /// <summary>Waits for another mover, and for a sweeper that is about to delete copies, to end.</summary>
    private static async Task AcquireLocks(NpgsqlConnection session, StorageProvider to, CancellationToken cancellationToken)
    {
        await StatementTimeout.LiftUntilRestored(session, cancellationToken);
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1), pg_advisory_lock($2)", session)
        {
            CommandTimeout = 0,
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = MoverLock },
                new NpgsqlParameter<long> { TypedValue = StaleCopyReclaimer.GetLockKey(to) },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Before the connection goes back to the pool, which does not reset it; a broken one has lost its locks already.</summary>
    private static async Task ReleaseLocks(NpgsqlConnection session)
    {
        if (session.State == System.Data.ConnectionState.Open)
        {
            await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", session);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
            await StatementTimeout.Restore(session);
        }
    }

    private enum MoveOutcome
    {
        Moved,

        /// <summary>Its bytes, or those of its copy, are not those of its digest, or a store refuses them.</summary>
        Damaged,

        /// <summary>It was released while it was looked at.</summary>
        Gone,
    }
}

/// <summary>The result of one run.</summary>
/// <param name="Blobs">The number of moved blobs.</param>
/// <param name="Bytes">Their total length in bytes.</param>
/// <param name="Damaged">
/// The number of blobs that were not moved, because their bytes or those of the copy do not match the digest, or because a store refuses
/// them.
/// </param>
public sealed record MoveResult(long Blobs, long Bytes, long Damaged)
{
    public static MoveResult operator +(MoveResult one, MoveResult other) =>
        new(one.Blobs + other.Blobs, one.Bytes + other.Bytes, one.Damaged + other.Damaged);
}
