namespace Attachments.Application.Archives;

/// <summary>The section <c>Archives</c>.</summary>
public sealed class ArchivesOptions
{
    public const string Section = "Archives";

    /// <summary>The most files that one archive may have. Each costs some 300 bytes of memory while the archive is sent.</summary>
    public int MaxEntries { get; init; } = 10_000;
}
