namespace Attachments.Infrastructure.BlobStores.Ownership;

/// <summary>A text in an external store that names the database which owns the store.</summary>
public interface IOwnerMarker
{
    /// <summary>The store, for people: <c>bucket 'attachments'</c>.</summary>
    string Store { get; }

    /// <summary>
    /// A query whether files are stored here, if a missing marker then means that this is another place; null: a store without a marker is
    /// always claimed.
    /// </summary>
    string? FilesExist => null;

    /// <returns>Null: there is none.</returns>
    Task<string?> Read(CancellationToken cancellationToken);

    /// <summary>
    /// Writes the marker if there is none. A store without conditional writes may replace a marker that another database has just written,
    /// so the caller must read it afterwards.
    /// </summary>
    Task Create(string text, CancellationToken cancellationToken);

    /// <summary>Replaces the marker, or writes it if there is none.</summary>
    Task Replace(string text, CancellationToken cancellationToken);
}
