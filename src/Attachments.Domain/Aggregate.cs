using Attachments.Domain.Changes;
using Attachments.Domain.Content;

namespace Attachments.Domain;

/// <summary>
/// What is changed as one. An aggregate notes what a change of it entails for others; the transaction that saves the change carries it out.
/// </summary>
public abstract class Aggregate
{
    private readonly List<Blob> unreferenced = [];
    private readonly List<Func<Change>> noted = [];

    /// <summary>The blobs that the aggregate has stopped referring to since this was last asked. The transaction releases them.</summary>
    public IReadOnlyList<Blob> TakeUnreferenced() => Take(unreferenced);

    /// <summary>
    /// The changes since this was last asked, in order, with the revision that the aggregate has now. The transaction writes them.
    /// </summary>
    public IReadOnlyList<Change> TakeChanges() => CanBeNamed ? [.. Take(noted).Select(change => change())] : [];

    /// <summary>Notes that bytes of the aggregate are missing, or are found again. Their blob must be loaded, and says which.</summary>
    public abstract void NoteContent(Blob blob);

    /// <summary>Whether it has the key that its URL has.</summary>
    protected virtual bool CanBeNamed => true;

    /// <summary>Whether a change is noted that was not taken yet.</summary>
    protected bool HasNoted => noted.Count > 0;

    /// <summary>Notes that the aggregate no longer refers to a blob; null is no blob.</summary>
    protected void Dereference(Blob? blob)
    {
        if (blob is not null)
        {
            unreferenced.Add(blob);
        }
    }

    /// <summary>Notes a change. What it says is asked for when it is taken.</summary>
    protected void Note(Func<Change> change) => noted.Add(change);

    /// <summary>The type of <see cref="NoteContent"/>.</summary>
    protected static string GetContentType(Blob blob) =>
        blob.MissingSince is null ? ChangeTypes.ContentFound : ChangeTypes.ContentMissing;

    private static T[] Take<T>(List<T> list)
    {
        if (list.Count == 0)
        {
            return [];
        }

        T[] taken = [.. list];
        list.Clear();
        return taken;
    }
}
