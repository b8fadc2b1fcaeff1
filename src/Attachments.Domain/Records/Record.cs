using Attachments.Domain.Changes;
using Attachments.Domain.Content;

namespace Attachments.Domain.Records;

/// <summary>
/// A filled-in form, and the files that belong to it. It is loaded without its files, or with those alone that an act is about.
/// </summary>
public sealed class Record : Aggregate
{
    private readonly List<RecordFile> files = [];

    private Record(Guid id, string formType, string recordId, RecordAttributes attributes)
    {
        Id = id;
        FormType = formType;
        RecordId = recordId;
        Attributes = attributes;
    }

    /// <summary>
    /// The internal key, which changes if the record is deleted and created again. Callers use a <see cref="RecordKey"/>.
    /// </summary>
    public Guid Id { get; private set; }

    /// <summary>See <see cref="RecordKey.FormType"/>.</summary>
    public string FormType { get; private set; }

    /// <summary>See <see cref="RecordKey.RecordId"/>.</summary>
    public string RecordId { get; private set; }

    public RecordAttributes Attributes { get; private set; }

    /// <summary>Counts the changes of the attributes. Changes of the files do not raise it.</summary>
    public long Revision { get; private set; }

    /// <summary>
    /// Counts the changes of its files. Two changes made from the same <see cref="Revision"/> and the same count cannot both be saved,
    /// so none meets a record that was deleted meanwhile.
    /// </summary>
    public long FilesRevision { get; private set; }

    /// <summary>
    /// The latest Last-Modified of a file that it holds no longer, which is earlier than that of any file that comes; null: none is known.
    /// </summary>
    public DateTimeOffset? LatestRemoved { get; private set; }

    /// <summary>The files that were loaded.</summary>
    public IReadOnlyCollection<RecordFile> Files => files;

    public static Record Create(RecordKey key, RecordAttributes attributes)
    {
        var record = new Record(Guid.CreateVersion7(), key.FormType, key.RecordId, attributes);
        record.NoteRecord(ChangeTypes.RecordCreated);
        return record;
    }

    /// <summary>Replaces the attributes. Equal attributes change nothing.</summary>
    public void Replace(RecordAttributes attributes)
    {
        if (attributes == Attributes)
        {
            return;
        }

        Attributes = attributes;
        Revision++;
        NoteRecord(ChangeTypes.RecordUpdated);
    }

    /// <summary>Sets these members, and does not change the others.</summary>
    public void Patch(RecordAttributes changes) => Replace(Attributes.Merge(changes));

    /// <summary>The blob of the file at a place; null if there is none. If the file exists, it must be loaded.</summary>
    public Blob? BlobAt(FilePlace place) => Find(place)?.Blob;

    /// <summary>Attaches a file and replaces the existing one, which must be loaded.</summary>
    /// <param name="place">The place of the file.</param>
    /// <param name="blob">A stored blob that nothing else refers to.</param>
    public void Attach(FilePlace place, Blob blob)
    {
        if (Find(place) is not { } file)
        {
            Add(place, blob);
            return;
        }

        FilesRevision++;
        UpdateLatestRemoved(file.Blob);
        blob.EnsureStoredAfter(LatestRemoved);
        Dereference(file.Replace(blob));
        NoteFile(ChangeTypes.RecordAttachmentStored, file, blob);
    }

    /// <summary>Attaches a file to a free place.</summary>
    /// <param name="place">The place of the file. If a file is there, it must be loaded.</param>
    /// <param name="blob">A stored blob that nothing else refers to.</param>
    /// <exception cref="DomainException"><c>file_exists</c>: the name is taken. Ask <see cref="BlobAt"/> first.</exception>
    public void Add(FilePlace place, Blob blob)
    {
        if (Find(place) is not null)
        {
            throw new DomainException("file_exists", $"The record already has a file '{place}'.");
        }

        blob.EnsureStoredAfter(LatestRemoved);
        var file = new RecordFile(place, blob);
        files.Add(file);
        FilesRevision++;
        NoteFile(ChangeTypes.RecordAttachmentStored, file, blob);
    }

    /// <summary>Removes a file.</summary>
    /// <exception cref="InvalidOperationException">There is none: ask <see cref="BlobAt"/> first.</exception>
    public void Detach(FilePlace place)
    {
        var file = Find(place) ?? throw new InvalidOperationException($"The record has no file '{place}'.");
        files.Remove(file);
        UpdateLatestRemoved(file.Blob);
        FilesRevision++;
        Dereference(file.Blob);
        NoteFile(ChangeTypes.RecordAttachmentDeleted, file, content: null);
    }

    /// <summary>Notes that the record is being deleted. Its files need not be loaded.</summary>
    public void Delete() => NoteRecord(ChangeTypes.RecordDeleted);

    /// <inheritdoc/>
    public override void NoteContent(Blob blob) => NoteFile(GetContentType(blob), files.Find(file => file.Blob == blob)!, blob);

    private void NoteRecord(string type) => Note(() => Change.OfRecord(type, Revision, FormType, RecordId, folder: null, fileName: null));

    private void NoteFile(string type, RecordFile file, Blob? content) => Note(() =>
        Change.OfRecord(type, FilesRevision, FormType, RecordId, file.Folder == FilePlace.Root ? null : file.Folder, file.Name)
            .WithContent(content));

    private void UpdateLatestRemoved(Blob removed) => LatestRemoved = LastModified.Latest(LatestRemoved, removed.StoredAt);

    private RecordFile? Find(FilePlace place) => files.Find(file => file.IsAt(place));
}
