using Npgsql;

namespace Attachments.Testing;

/// <summary>Looks into a database for bytes that nobody owns and owners whose bytes are gone.</summary>
public static class StorageAudit
{
    /// <summary>Stands for a query of the ids of all blobs that something refers to.</summary>
    private const string Referred = "{referred}";

    private static readonly Dictionary<string, string> Faults = new(StringComparer.Ordinal)
    {
        ["large objects without a blob"] =
            """
            SELECT count(*) FROM pg_largeobject_metadata m
            WHERE NOT EXISTS (SELECT FROM blobs WHERE large_object = m.oid) AND NOT EXISTS (SELECT FROM uploads WHERE tail = m.oid)
            """,
        ["tails without a large object, a blob or bytes"] =
            """
            SELECT count(*) FROM uploads u LEFT JOIN blobs b ON b.id = blob_id
            WHERE (tail IS NOT NULL) <> (coalesce(b.length, 0) % coalesce(piece_length, 1) > 0)
                OR tail IS NOT NULL AND NOT EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = tail)
            """,
        ["parts of uploads that have ended"] =
            "SELECT count(DISTINCT blob_id) FROM upload_parts JOIN blobs ON id = blob_id WHERE state = 1",
        ["pages without a large object"] =
            "SELECT count(DISTINCT loid) FROM pg_largeobject p WHERE NOT EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = p.loid)",
        ["blobs without a large object"] =
            """
            SELECT count(*) FROM blobs b
            WHERE (store = 0 OR large_object IS NOT NULL) AND NOT EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = b.large_object)
            """,
        ["stored blobs that are neither referred to nor released"] =
            $"SELECT count(*) FROM blobs WHERE state = 1 AND released_at IS NULL AND id NOT IN ({Referred})",
        ["blobs that are released though referred to"] =
            $"SELECT count(*) FROM blobs WHERE released_at IS NOT NULL AND id IN ({Referred})",
        ["blobs that are referred to more than once"] =
            $"SELECT count(*) FROM (SELECT FROM ({Referred}) AS referred (id) GROUP BY id HAVING count(*) > 1) AS shared",
    };

    /// <summary>What is wrong, one line for each kind; empty when nothing is.</summary>
    public static async Task<IReadOnlyList<string>> Inspect(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var referred = await ReferredBlobs(source);
        var found = new List<string>();
        foreach (var (what, query) in Faults)
        {
            if (await Count(source, query.Replace(Referred, referred, StringComparison.Ordinal)) is > 0 and var count)
            {
                found.Add($"{count} {what}");
            }
        }

        return found;
    }

    /// <summary>How many blobs there are, in whatever state.</summary>
    public static async Task<long> CountBlobs(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        return await Count(source, "SELECT count(*) FROM blobs");
    }

    /// <summary>How many blobs there are that nothing refers to.</summary>
    public static async Task<long> CountUnreferred(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        return await Count(source, $"SELECT count(*) FROM blobs WHERE id NOT IN ({await ReferredBlobs(source)})");
    }

    /// <summary>A query of what every column that refers to blobs holds, whichever tables there are by now.</summary>
    private static async Task<string> ReferredBlobs(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            """
            SELECT string_agg(format('SELECT %I FROM %s WHERE %1$I IS NOT NULL', a.attname, c.conrelid::regclass), ' UNION ALL ')
            FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND c.confrelid = 'blobs'::regclass AND c.conrelid <> 'upload_parts'::regclass
                AND a.attname <> 'source_blob_id'
            """);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<long> Count(NpgsqlDataSource source, string query)
    {
        await using var command = source.CreateCommand(query);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
