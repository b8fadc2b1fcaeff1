using Npgsql;

namespace Attachments.Testing;

/// <summary>All that a service keeps in its tables, as one value to compare.</summary>
public static class DatabaseContent
{
    /// <summary>
    /// The same as before only where no row of any table was added, changed or removed, but for blobs that await the sweeper, and the places
    /// that changes get in the feed.
    /// </summary>
    public static async Task<string> Digest(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(Sql.AsObserver(connectionString));
        await using var tables = source.CreateCommand(
            """
            SELECT string_agg(format('SELECT %1$L || (to_jsonb(t) %2$s)::text FROM %3$s t', c.relname,
                CASE c.relname WHEN 'changes' THEN '- ''position'' - ''numbered_at''' ELSE '' END, c.oid::regclass)
                || CASE c.relname WHEN 'blobs' THEN ' WHERE released_at IS NULL' ELSE '' END, ' UNION ALL ')
            FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'feed'
            """);
        var rows = (string)(await tables.ExecuteScalarAsync())!;
        await using var digest = source.CreateCommand($"SELECT md5(string_agg(row, '' ORDER BY row)) FROM ({rows}) AS every (row)");
        return (string)(await digest.ExecuteScalarAsync())!;
    }
}
