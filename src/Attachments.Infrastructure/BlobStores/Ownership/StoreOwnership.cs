using Attachments.Application.Errors;
using Npgsql;

namespace Attachments.Infrastructure.BlobStores.Ownership;

/// <summary>Ties a store to one database. If two databases shared a store, each would delete the bytes of the other.</summary>
public sealed class StoreOwnership(IOwnerMarker marker)
{
    /// <summary>The store, for people.</summary>
    public string Store => marker.Store;

    /// <summary>Requires that the store belongs to this database. A store without an owner is claimed.</summary>
    /// <param name="connection">A connection to the database; reading joins an open transaction.</param>
    /// <param name="cancellationToken">On cancellation the store is unchanged or claimed.</param>
    /// <exception cref="ConfigurationException">It belongs to another.</exception>
    public async Task Require(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var ours = await DatabaseIdentity.Read(connection, cancellationToken);
        var text = await marker.Read(cancellationToken) ?? await Claim(ours, connection, cancellationToken);
        if (DatabaseIdentity.FromJson(text) is not { } owner)
        {
            throw new ConfigurationException($"The {marker.Store} has an owner marker of another program. {Advice}");
        }

        if (!ours.IsSameAs(owner))
        {
            var relation = ours.IsCopyOf(owner) ? ", of which this one is a copy" : "";
            throw new ConfigurationException($"The {marker.Store} belongs to the database {owner}{relation}; this one is {ours}. {Advice}");
        }
    }

    /// <summary>Makes this database the owner of the store, whichever owned it before.</summary>
    /// <returns>The database.</returns>
    public async Task<DatabaseIdentity> Adopt(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var ours = await DatabaseIdentity.Read(connection, cancellationToken);
        await marker.Replace(ours.ToJson(), cancellationToken);
        return ours;
    }

    private static string Advice =>
        "Give this database a store of its own; or, if no service uses the other database any more, run the command 'adopt-store'.";

    /// <summary>Two databases may claim the store at once; the marker read afterwards decides.</summary>
    private async Task<string> Claim(DatabaseIdentity ours, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await HasFiles(connection, cancellationToken))
        {
            throw new ConfigurationException(
                $"The {marker.Store} has no owner marker, although files are stored in it. Its volume may not be mounted; "
                + "if it is the right one, run the command 'adopt-store'.");
        }

        await marker.Create(ours.ToJson(), cancellationToken);
        return await marker.Read(cancellationToken)
            ?? throw new ConfigurationException($"The {marker.Store} did not keep the owner marker that was written to it.");
    }

    private async Task<bool> HasFiles(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (marker.FilesExist is not { } query)
        {
            return false;
        }

        await using var command = new NpgsqlCommand(query, connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
