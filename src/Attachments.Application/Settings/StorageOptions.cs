namespace Attachments.Application.Settings;

/// <summary>The section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>Where the bytes are kept.</summary>
    /// <remarks>Applies to new blobs. Existing blobs stay readable where they are; the command <c>move-blobs</c> moves them.</remarks>
    public StorageProvider Provider { get; init; } = StorageProvider.LargeObject;

    /// <summary>Null: there is no bucket.</summary>
    public S3Options? S3 { get; init; }

    /// <summary>Null, or without a path: there is no directory of files.</summary>
    public DirectoryOptions? Directory { get; init; }

    /// <summary>Copies of files on the local disk. Null: there are none.</summary>
    public CacheOptions? Cache { get; init; }

    /// <summary>
    /// How long bytes outlive their last reference. A download that began before goes on for as long as it takes, provided that this
    /// is at least 10 seconds: it renews its claim to the bytes every third of it.
    /// </summary>
    public TimeSpan ReclaimAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long an unfinished upload may sit without progress. Progress is a piece stored, which takes the slowest client that the server
    /// bears with some 18 minutes (256 KiB, for a large object), 70 minutes (1 MiB, in a directory) or 10 hours (8 MiB, in S3).
    /// </summary>
    public TimeSpan AbandonAfter { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>The engines that can keep bytes. The values are stored; never renumber them.</summary>
public enum StorageProvider
{
    /// <summary>PostgreSQL large objects, in the database that holds the metadata.</summary>
    LargeObject = 0,

    /// <summary>Objects in a bucket of any S3-compatible engine.</summary>
    S3 = 1,

    /// <summary>Files in a directory of a POSIX file system.</summary>
    Directory = 2,
}

/// <summary>The section <c>Storage:Directory</c>. What is empty counts as absent.</summary>
public sealed class DirectoryOptions
{
    /// <summary>
    /// The directory, which has to be there and to be writable; relative to the working directory, or absolute. It belongs to one database,
    /// and may be shared by the replicas of one service.
    /// </summary>
    public string? Path { get; init => field = string.IsNullOrEmpty(value) ? null : value; }
}

/// <summary>The section <c>Storage:Cache</c>. What is empty counts as absent.</summary>
public sealed class CacheOptions
{
    /// <summary>
    /// Where copies of files that are downloaded again and again are kept; relative to the working directory, or absolute. Made where it is
    /// missing, of one service alone, and safe to delete at any time. Null: there is no cache.
    /// </summary>
    public string? Directory { get; init => field = string.IsNullOrEmpty(value) ? null : value; }

    /// <summary>How much they may take together, in bytes. One file takes up to half of it.</summary>
    public long MaxBytes { get; init; } = 1L << 30;
}

/// <summary>The section <c>Storage:S3</c>. What is empty counts as absent.</summary>
public sealed class S3Options
{
    /// <summary>The engine's address: <c>https://s3.example.org</c>. Null: Amazon's, of the <see cref="Region"/>.</summary>
    public string? ServiceUrl { get; init => field = NullIfEmpty(value); }

    /// <summary>The region that requests are signed for. With a <see cref="ServiceUrl"/> it may be null, for <c>us-east-1</c>.</summary>
    public string? Region { get; init => field = NullIfEmpty(value); }

    /// <summary>The bucket, which has to be there. It should hold nothing else.</summary>
    public string? Bucket { get; init; }

    /// <summary>With the <see cref="SecretKey"/>, or neither for what the machine has been given (environment, profile, role).</summary>
    public string? AccessKey { get; init => field = NullIfEmpty(value); }

    /// <summary>Never logged.</summary>
    public string? SecretKey { get; init => field = NullIfEmpty(value); }

    /// <summary>
    /// Whether the bucket is named in the path, instead of in the host's name. Null: it is with a <see cref="ServiceUrl"/>, as most engines
    /// but Amazon's want it.
    /// </summary>
    public bool? ForcePathStyle { get; init; }

    // An unset variable of a container environment is passed as an empty string.
    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
