using Npgsql;

namespace Attachments.Infrastructure.BlobStores.External;

/// <summary>The row of a blob that is moved, by the connection of the mover.</summary>
internal sealed class MigratedRow(NpgsqlConnection session, TimeProvider time)
{
    /// <param name="query">$1: the blob.</param>
    /// <param name="blob">The blob.</param>
    /// <param name="cancellationToken">Ends the move.</param>
    /// <returns>Whether there was a row.</returns>
    public async Task<bool> Exists(string query, StoredBlob blob, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query, session)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = blob.Id } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken);
    }

    /// <param name="statement">An UPDATE; $1: the blob, $2: the time, and what <paramref name="more"/> has.</param>
    /// <param name="blob">The blob.</param>
    /// <param name="cancellationToken">Ends the move.</param>
    /// <param name="more">Other parameters.</param>
    /// <returns>Whether there was a row.</returns>
    public async Task<bool> Touch(string statement, StoredBlob blob, CancellationToken cancellationToken, params NpgsqlParameter[] more)
    {
        await using var command = CreateTouch(statement, blob, more);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>As <see cref="Touch"/>, for what may take as long as it likes.</summary>
    public async Task<bool> TouchWithoutTimeout(string statement, StoredBlob blob, CancellationToken cancellationToken)
    {
        await using var command = CreateTouch(statement, blob, []);
        command.CommandTimeout = 0;
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private NpgsqlCommand CreateTouch(string statement, StoredBlob blob, NpgsqlParameter[] more)
    {
        var command = new NpgsqlCommand(statement, session)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = blob.Id },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() },
            },
        };
        command.Parameters.AddRange(more);
        return command;
    }
}
