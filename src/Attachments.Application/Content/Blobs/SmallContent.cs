using Attachments.Application.Content.Downloads;

namespace Attachments.Application.Content.Blobs;

/// <summary>
/// The bytes of a blob, for a query that finds a file and brings them along: at most <see cref="BlobReader.MaxAlongBytes"/>, and of the
/// database's own store. What is selected of it is read for the rows that are found, and for no other.
/// </summary>
public sealed class SmallContent
{
    public Guid BlobId { get; private init; }

    /// <summary>32 bytes; null while the blob is pending.</summary>
    public byte[]? Sha256 { get; private init; }

    /// <summary>Null: they are many, or elsewhere.</summary>
    public byte[]? Bytes { get; private init; }
}
