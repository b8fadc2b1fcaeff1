using Attachments.Domain.Content;

namespace Attachments.Domain.Records;

/// <summary>A file of a record.</summary>
public sealed class RecordFile
{
    private RecordFile(string folder, string name)
    {
        Folder = folder;
        Name = name;
    }

    internal RecordFile(FilePlace place, Blob blob)
        : this(place.Folder, place.Name) => SetBlob(blob);

    /// <summary><see cref="FilePlace.Root"/>, or the folder's name.</summary>
    public string Folder { get; private set; }

    public string Name { get; private set; }

    public Guid BlobId { get; private set; }

    public Blob Blob { get; private set; } = null!;

    internal bool IsAt(FilePlace place) =>
        string.Equals(Folder, place.Folder, StringComparison.Ordinal) && string.Equals(Name, place.Name, StringComparison.Ordinal);

    /// <returns>The blob that it had before.</returns>
    internal Blob Replace(Blob blob)
    {
        var replaced = Blob;
        SetBlob(blob);
        return replaced;
    }

    private void SetBlob(Blob blob)
    {
        Blob = blob;
        BlobId = blob.Id;
    }
}
