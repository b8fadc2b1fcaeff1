using Attachments.Application.Content.Blobs;
using Attachments.Domain.Content;

namespace Attachments.Application.Content.Downloads;

/// <summary>What the query of a family finds for a download.</summary>
public class FoundFile
{
    /// <summary>The name that a download suggests.</summary>
    public required FileName FileName { get; init; }

    /// <summary>Null: its bytes were deleted, but the entry still stands.</summary>
    public required Blob? Blob { get; init; }

    /// <summary>Its bytes, by <see cref="SmallContent.Read"/>; null: they are read separately.</summary>
    public required byte[]? Content { get; init; }
}
