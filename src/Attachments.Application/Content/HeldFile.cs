using Attachments.Domain.Content;

namespace Attachments.Application.Content;

/// <summary>A file as an aggregate holds it: what a family's query has to find for a download.</summary>
public class HeldFile
{
    /// <summary>The name to offer to the one who saves it.</summary>
    public required FileName FileName { get; init; }

    /// <summary>Null: its bytes are gone, and the entry stands.</summary>
    public required Blob? Blob { get; init; }
}

/// <summary>What a query found, and the bytes that were read along with it.</summary>
/// <param name="File">The file.</param>
/// <param name="Content">All of its bytes; null where they are to be read by themselves.</param>
public sealed record Found<T>(T File, byte[]? Content)
    where T : HeldFile;
