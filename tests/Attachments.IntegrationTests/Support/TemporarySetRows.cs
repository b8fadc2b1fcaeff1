using Npgsql;

namespace Attachments.IntegrationTests.Support;

/// <summary>Sets made by SQL, since some tests want more files than are worth uploading.</summary>
internal static class TemporarySetRows
{
    /// <summary>A set of files of one byte, called <c>name 1</c>, <c>name 2</c>…, of two types in turn.</summary>
    /// <param name="services">Whose database it goes to.</param>
    /// <param name="items">How many files.</param>
    /// <param name="lastUploadAt">When its time began.</param>
    /// <param name="bytes">Whether its blobs have bytes; else they are rows alone, which no reader minds.</param>
    /// <returns>What callers know it by.</returns>
    public static async Task<Guid> HaveSet(this TestServices services, int items, DateTimeOffset lastUploadAt, bool bytes = true)
    {
        var temporaryId = Guid.NewGuid();
        await using var source = NpgsqlDataSource.Create(services.ConnectionString);
        await using var insert = source.CreateCommand(
            $"""
            WITH made AS (
                INSERT INTO temporary_sets
                    (id, temporary_id, owner_id, last_upload_at, ended_at, last_ordinal, item_count, revision)
                VALUES (gen_random_uuid(), $1, gen_random_uuid(), $2, NULL, $3, $3, 1) RETURNING id),
            stored AS (
                INSERT INTO blobs
                    (id, state, length, md5, sha256, media_type, stored_by, created_at, stored_at, touched_at, large_object)
                SELECT gen_random_uuid(), 1, 1, '\x00', '\x00', 'image/png', gen_random_uuid(), $2, $2, $2,
                    {(bytes ? "lo_from_bytea(0, '\\x01')" : "NULL")}
                FROM generate_series(1, $3) RETURNING id)
            INSERT INTO temporary_items
                (id, set_id, ordinal, name, file_name, content_type, size, created_at, created_by, blob_id)
            SELECT gen_random_uuid(), made.id, row_number() OVER (), 'name ' || row_number() OVER (), 'file',
                CASE row_number() OVER () % 2 WHEN 0 THEN 'image/png' ELSE 'text/plain' END, 1, $2, gen_random_uuid(), stored.id
            FROM made, stored
            """);
        // Foreign keys are checked row by row.
        insert.CommandTimeout = 0;
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = temporaryId });
        insert.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = lastUploadAt });
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = items });
        await insert.ExecuteNonQueryAsync();
        return temporaryId;
    }
}
