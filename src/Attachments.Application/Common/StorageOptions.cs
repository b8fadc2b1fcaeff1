namespace Attachments.Application.Common;

/// <summary>The section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>Where the bytes are kept.</summary>
    public StorageProvider Provider { get; init; } = StorageProvider.LargeObject;

    /// <summary>
    /// How long bytes outlive their last reference. A download that began before goes on for as long as it takes, provided that this
    /// is at least 10 seconds: it renews its claim to the bytes every third of it.
    /// </summary>
    public TimeSpan ReclaimAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long an unfinished upload may sit without progress. Progress is a chunk stored (256 KiB), which takes the slowest client that
    /// the server bears with some 18 minutes.
    /// </summary>
    public TimeSpan AbandonAfter { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>The engines that can keep bytes.</summary>
public enum StorageProvider
{
    /// <summary>PostgreSQL large objects, in the database that holds the metadata.</summary>
    LargeObject,
}
