using Attachments.Domain.Content;

namespace Attachments.Domain.TemporarySets;

/// <summary>
/// Files collected before the thing that will own them exists. It ends by being dropped, by being claimed, or by time; then its id is
/// free for another. Methods that take a file away return its blob, which the caller must release in the same transaction.
/// </summary>
public sealed class TemporarySet
{
    /// <summary>The most files that a set may have.</summary>
    public const int MaxItems = 1_000_000;

    private readonly List<TemporaryItem> items = [];

    private TemporarySet(Guid id, Guid temporaryId, Guid ownerId, DateTimeOffset lastUploadAt)
    {
        Id = id;
        TemporaryId = temporaryId;
        OwnerId = ownerId;
        LastUploadAt = lastUploadAt;
    }

    /// <summary>The service's own key of it, which no other set ever has.</summary>
    public Guid Id { get; private set; }

    /// <summary>What callers know it by. One set of this id may follow another.</summary>
    public Guid TemporaryId { get; private set; }

    /// <summary>The user who made it.</summary>
    public Guid OwnerId { get; private set; }

    /// <summary>When files were last added; of a set that never had any, when it was made.</summary>
    public DateTimeOffset LastUploadAt { get; private set; }

    /// <summary>When it was dropped, or found to have expired. From then on it is there for the sweeper alone.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>That of the file added last, whether it is still there or not.</summary>
    public long LastOrdinal { get; private set; }

    /// <summary>How many files it has, loaded or not.</summary>
    public int ItemCount { get; private set; }

    /// <summary>Counts the changes. Two changes made from the same revision cannot both be saved.</summary>
    public long Revision { get; private set; }

    /// <summary>The files that were loaded or added.</summary>
    public IReadOnlyCollection<TemporaryItem> Items => items;

    /// <summary>A new set without files.</summary>
    public static TemporarySet Create(Guid temporaryId, Guid ownerId, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), temporaryId, ownerId, now);

    /// <summary>Adds a file after those that are there, whichever of them are loaded.</summary>
    /// <param name="name">Null or empty: it is called as the file is.</param>
    /// <param name="fileName">Of the file.</param>
    /// <param name="blob">Stored, and referred to by nothing else.</param>
    /// <param name="createdById">The user who sent it.</param>
    /// <param name="now">The time of adding.</param>
    /// <exception cref="DomainException"><c>item_name_invalid</c>, <c>too_many_items</c></exception>
    public TemporaryItem Add(string? name, FileName fileName, Blob blob, Guid createdById, DateTimeOffset now)
    {
        RequireRoom(ItemCount);
        var item = TemporaryItem.Of(LastOrdinal + 1, name, fileName, blob, createdById, now);
        items.Add(item);
        LastOrdinal = item.Ordinal;
        ItemCount++;
        LastUploadAt = now;
        Revision++;
        return item;
    }

    /// <summary>Refuses another file in a set that has so many.</summary>
    /// <exception cref="DomainException"><c>too_many_items</c></exception>
    public static void RequireRoom(int items)
    {
        if (items >= MaxItems)
        {
            throw new DomainException("too_many_items", $"A temporary set can have at most {MaxItems} files.");
        }
    }

    /// <summary>Removes one of the loaded files.</summary>
    /// <returns>Its blob.</returns>
    public Blob Remove(TemporaryItem item)
    {
        if (!items.Remove(item))
        {
            throw new InvalidOperationException($"The item {item.Id} is not one of the loaded items of the set {Id}.");
        }

        ItemCount--;
        Revision++;
        return item.Blob;
    }

    /// <summary>Ends it with all that is in it, whose blobs the sweeper releases.</summary>
    public void End(DateTimeOffset now)
    {
        EndedAt ??= now;
        Revision++;
    }
}
