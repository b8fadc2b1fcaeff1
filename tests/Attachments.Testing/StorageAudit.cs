using Npgsql;

namespace Attachments.Testing;

/// <summary>Looks into a database for bytes that nobody owns and owners whose bytes are gone.</summary>
public static class StorageAudit
{
    private static readonly Dictionary<string, string> Faults = new(StringComparer.Ordinal)
    {
        ["large objects without a blob"] =
            "SELECT count(*) FROM pg_largeobject_metadata m WHERE NOT EXISTS (SELECT FROM blobs WHERE large_object = m.oid)",
        ["pages without a large object"] =
            "SELECT count(DISTINCT loid) FROM pg_largeobject p WHERE NOT EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = p.loid)",
        ["blobs without a large object"] =
            "SELECT count(*) FROM blobs b WHERE NOT EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = b.large_object)",
        ["stored blobs that are neither referred to nor released"] =
            """
            SELECT count(*) FROM blobs b
            WHERE state = 1 AND released_at IS NULL AND NOT EXISTS (SELECT FROM session_points WHERE blob_id = b.id)
            """,
        ["blobs that are released though referred to"] =
            "SELECT count(*) FROM blobs b WHERE released_at IS NOT NULL AND EXISTS (SELECT FROM session_points WHERE blob_id = b.id)",
    };

    /// <summary>What is wrong, one line for each kind; empty when nothing is.</summary>
    public static async Task<IReadOnlyList<string>> Inspect(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var found = new List<string>();
        foreach (var (what, query) in Faults)
        {
            if (await Count(source, query) is > 0 and var count)
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

    private static async Task<long> Count(NpgsqlDataSource source, string query)
    {
        await using var command = source.CreateCommand(query);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
