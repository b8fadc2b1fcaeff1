using Attachments.Application.Content.Blobs;
using Attachments.Domain.Content;

namespace Attachments.Application.Content.Downloads;

/// <summary>A file as an aggregate holds it: what a family's query has to find for a download.</summary>
public class HeldFile
{
    /// <summary>The name to offer to the one who saves it.</summary>
    public required FileName FileName { get; init; }

    /// <summary>Null: its bytes are gone, and the entry stands.</summary>
    public required Blob? Blob { get; init; }

    /// <summary>Its bytes, of <see cref="SmallContent"/>; null where they are to be read by themselves.</summary>
    public required byte[]? Content { get; init; }
}

/// <summary>Which bytes a query for a file is to bring along.</summary>
/// <param name="IsWanted">Any at all.</param>
/// <param name="Known">The SHA-256 of those that are at hand, 32 bytes; empty: none are.</param>
public readonly record struct ContentWish(bool IsWanted, byte[] Known);
