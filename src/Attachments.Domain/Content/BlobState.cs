namespace Attachments.Domain.Content;

/// <summary>The progress of a blob. The values are stored; never renumber them.</summary>
public enum BlobState
{
    /// <summary>Its bytes are still arriving. Nothing may refer to it.</summary>
    Pending = 0,

    /// <summary>All its bytes are stored and its length and digests are known. They never change again.</summary>
    Stored = 1,
}
