using Attachments.Domain.Content;

namespace Attachments.Domain.TemporarySets;

/// <summary>A file in a temporary set. It never changes; it can only be removed.</summary>
public sealed class TemporaryItem
{
    public const int MaxNameCharacters = 1000;

    private TemporaryItem(
        Guid id, long ordinal, string name, string fileName, string contentType, long size, DateTimeOffset createdAt, Guid createdById)
    {
        Id = id;
        Ordinal = ordinal;
        Name = name;
        FileName = fileName;
        ContentType = contentType;
        Size = size;
        CreatedAt = createdAt;
        CreatedById = createdById;
    }

    public Guid Id { get; private set; }

    /// <summary>The internal key of the set.</summary>
    public Guid SetId { get; private set; }

    /// <summary>The set, if it is loaded.</summary>
    public TemporarySet Set { get; private set; } = null!;

    /// <summary>The position in upload order. Unique within the set, and never reused.</summary>
    public long Ordinal { get; private set; }

    public string Name { get; private set; }

    /// <summary>The value of a <see cref="Content.FileName"/>, as text, so that the database can compare it with other texts.</summary>
    public string FileName { get; private set; }

    /// <summary>The blob's content type. It is copied here, like the size, so that a set can be searched without its blobs.</summary>
    public string ContentType { get; private set; }

    /// <summary>In bytes.</summary>
    public long Size { get; private set; }

    /// <summary>In whole seconds of UTC. This is the value that callers see, so a filter with that value finds the file.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>The user who sent it.</summary>
    public Guid CreatedById { get; private set; }

    public Guid BlobId { get; private set; }

    public Blob Blob { get; private set; } = null!;

    internal static TemporaryItem Create(long ordinal, string? name, FileName fileName, Blob blob, Guid createdById, DateTimeOffset now)
    {
        var itemName = string.IsNullOrEmpty(name) ? fileName.Value : RequireName(name);
        return new TemporaryItem(
            Guid.CreateVersion7(now), ordinal, itemName, fileName.Value, blob.MediaType, blob.Length, TruncateToSeconds(now), createdById)
        {
            BlobId = blob.Id,
            Blob = blob,
        };
    }

    /// <summary>Returns <paramref name="name"/> if it is a valid name for a file in a temporary set.</summary>
    /// <exception cref="DomainException"><c>item_name_invalid</c></exception>
    public static string RequireName(string name) =>
        WellFormedText.Require(name, MaxNameCharacters, "item_name_invalid", "The name of a file in a temporary set");

    private static DateTimeOffset TruncateToSeconds(DateTimeOffset time) =>
        time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond)).ToUniversalTime();
}
