using Attachments.Domain.Content;

namespace Attachments.Application.Archives;

/// <summary>What the query of a family finds for an archive.</summary>
public sealed class ArchivedFile
{
    /// <summary>The folder that it is in; empty for none.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The name that the family gives it in an archive, as it was stored.</summary>
    public required string Name { get; init; }

    /// <summary>Null: its bytes were deleted, but the entry still stands.</summary>
    public required Blob? Blob { get; init; }

    /// <summary>For the order and for messages.</summary>
    public string Path => Folder.Length == 0 ? Name : $"{Folder}/{Name}";
}
