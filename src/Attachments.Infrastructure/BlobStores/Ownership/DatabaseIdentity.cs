using System.Text.Json;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.Ownership;

/// <summary>Identifies a database. A copy of a database is a different one.</summary>
/// <param name="Id">Created when the database was migrated. A dump contains it, so copies share it.</param>
/// <param name="Place">
/// The cluster's system identifier and the number of the database in it. A dump does not contain them; a physical copy of the cluster does.
/// </param>
/// <param name="Name">The name of the database, for messages.</param>
public sealed record DatabaseIdentity(Guid Id, string Place, string Name)
{
    private const string Query =
        """
        SELECT id, system_identifier || '/' || oid, datname::text
        FROM database_identity, pg_control_system(), pg_database
        WHERE datname = current_database()
        """;

    /// <summary>Asks the database that a connection leads to.</summary>
    public static async Task<DatabaseIdentity> Read(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Query, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new DatabaseIdentity(reader.GetGuid(0), reader.GetString(1), reader.GetString(2))
            : throw new InvalidDataException("The table database_identity is empty; insert one row with a new uuid.");
    }

    /// <summary>The identity that <see cref="ToJson"/> wrote; null where it did not.</summary>
    public static DatabaseIdentity? FromJson(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<DatabaseIdentity>(text) is { Place: not null } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Whether both are the same database, even if it was renamed.</summary>
    public bool IsSameAs(DatabaseIdentity other) => IsCopyOf(other) && Place == other.Place;

    /// <summary>Whether one came from the other, or both from a third.</summary>
    public bool IsCopyOf(DatabaseIdentity other) => Id == other.Id;

    public override string ToString() => $"'{Name}' ({Place})";
}
