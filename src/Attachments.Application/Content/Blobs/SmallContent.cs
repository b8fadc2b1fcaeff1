using Attachments.Domain.Content;

namespace Attachments.Application.Content.Blobs;

/// <summary>
/// Lets a query that finds a file return its bytes as well, if they are few and in the database. A small download then takes one round trip
/// instead of two.
/// </summary>
public static class SmallContent
{
    /// <summary>
    /// The most bytes that are returned this way. A larger array would be on the large object heap, which the runtime collects only
    /// together with everything else.
    /// </summary>
    public const int MaxBytes = 80_000;

    /// <summary>All bytes of a blob, in a query (the database function <c>small_content</c>).</summary>
    /// <param name="blob">The blob, as the query refers to it.</param>
    /// <param name="unless">The SHA-256 of bytes that need not be returned; empty: any bytes are wanted; null: none are.</param>
    /// <returns>Null: not wanted, too many, in another store, missing or damaged.</returns>
    public static byte[]? Read(Blob? blob, byte[]? unless) => throw new NotSupportedException("Only a query can read bytes this way.");
}
