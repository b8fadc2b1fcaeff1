using Attachments.Domain.Changes;
using Attachments.Domain.Content;

namespace Attachments.Domain.TemporarySets;

/// <summary>
/// Files collected before the thing that will own them exists. It ends by being dropped, by being claimed, or by time; then its id is
/// free for another.
/// </summary>
public sealed class TemporarySet : Aggregate
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

    /// <summary>The internal key, which is never reused.</summary>
    public Guid Id { get; private set; }

    /// <summary>The id that callers use. It can be reused when the set has ended.</summary>
    public Guid TemporaryId { get; private set; }

    /// <summary>The user who made it.</summary>
    public Guid OwnerId { get; private set; }

    /// <summary>When files were last added, or when the set was created if it never had any.</summary>
    public DateTimeOffset LastUploadAt { get; private set; }

    /// <summary>When it was dropped or found to have expired. From then on only the sweeper sees it.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>The ordinal of the file added last, even if that file has been removed.</summary>
    public long LastOrdinal { get; private set; }

    /// <summary>The number of files, loaded or not.</summary>
    public int ItemCount { get; private set; }

    /// <summary>Counts the changes. Two changes made from the same revision cannot both be saved.</summary>
    public long Revision { get; private set; }

    /// <summary>The files that were loaded or added.</summary>
    public IReadOnlyCollection<TemporaryItem> Items => items;

    /// <summary>A new set without files.</summary>
    public static TemporarySet Create(Guid temporaryId, Guid ownerId, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), temporaryId, ownerId, now);

    /// <summary>Adds a file at the end. The other files need not be loaded.</summary>
    /// <param name="name">The name; defaults to the file name if it is null or empty.</param>
    /// <param name="fileName">The file name.</param>
    /// <param name="blob">A stored blob that nothing else refers to.</param>
    /// <param name="createdById">The user who sent it.</param>
    /// <param name="now">The time of adding.</param>
    /// <exception cref="DomainException"><c>item_name_invalid</c>, <c>too_many_items</c></exception>
    public TemporaryItem Add(string? name, FileName fileName, Blob blob, Guid createdById, DateTimeOffset now)
    {
        RequireRoom(ItemCount);
        var item = TemporaryItem.Create(LastOrdinal + 1, name, fileName, blob, createdById, now);
        items.Add(item);
        LastOrdinal = item.Ordinal;
        ItemCount++;
        LastUploadAt = now;
        Revision++;
        Note(() => Describe(ChangeTypes.SetItemStored, item.Id).WithContent(blob));
        return item;
    }

    /// <summary>Throws if this number of files would be too many.</summary>
    /// <exception cref="DomainException"><c>too_many_items</c></exception>
    public static void RequireRoom(int items)
    {
        if (items >= MaxItems)
        {
            throw new DomainException("too_many_items", $"A temporary set can have at most {MaxItems} files.");
        }
    }

    /// <summary>Removes one of the loaded files.</summary>
    public void Remove(TemporaryItem item)
    {
        if (!items.Remove(item))
        {
            throw new InvalidOperationException($"The item {item.Id} is not one of the loaded items of the set {Id}.");
        }

        ItemCount--;
        Revision++;
        Dereference(item.Blob);
        Note(() => Describe(ChangeTypes.SetItemDeleted, item.Id));
    }

    /// <summary>Ends the set with all its files, whose blobs the sweeper releases.</summary>
    public void Drop(DateTimeOffset now) => End(ChangeTypes.SetDropped, now);

    /// <summary>As <see cref="Drop"/>, of a set whose time is over.</summary>
    public void Expire(DateTimeOffset now) => End(ChangeTypes.SetExpired, now);

    /// <summary>Notes that its files have got another owner. The transaction removes the set.</summary>
    public void Claim() => Note(() => Describe(ChangeTypes.SetClaimed));

    /// <inheritdoc/>
    public override void NoteContent(Blob blob)
    {
        var item = items.Find(item => item.Blob == blob)!.Id;
        Note(() => Describe(GetContentType(blob), item).WithContent(blob));
    }

    private void End(string type, DateTimeOffset now)
    {
        EndedAt ??= now;
        Revision++;
        Note(() => Describe(type));
    }

    private Change Describe(string type, Guid? item = null) => Change.OfSet(type, Revision, TemporaryId, OwnerId, item);
}
