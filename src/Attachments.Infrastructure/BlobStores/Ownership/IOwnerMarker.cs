namespace Attachments.Infrastructure.BlobStores.Ownership;

/// <summary>A text beside the bytes in a store that is outside of the database, and says whose they are.</summary>
public interface IOwnerMarker
{
    /// <summary>The store, for people: <c>bucket 'attachments'</c>.</summary>
    string Store { get; }

    /// <returns>Null: there is none.</returns>
    Task<string?> Read(CancellationToken cancellationToken);

    /// <summary>
    /// Writes one where there is none, and leaves one that another has written meanwhile. A store that cannot tell may replace that: whoever
    /// creates one reads it afterwards.
    /// </summary>
    Task Create(string text, CancellationToken cancellationToken);

    /// <summary>Writes it, whatever was there.</summary>
    Task Replace(string text, CancellationToken cancellationToken);
}
