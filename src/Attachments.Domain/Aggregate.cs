using Attachments.Domain.Content;

namespace Attachments.Domain;

/// <summary>
/// What is changed as one. An aggregate notes what a change of it entails for others; the transaction that saves the change carries it out.
/// </summary>
public abstract class Aggregate
{
    private readonly List<Blob> unreferenced = [];

    /// <summary>The blobs that the aggregate has stopped referring to since this was last asked. The transaction releases them.</summary>
    public IReadOnlyList<Blob> TakeUnreferenced()
    {
        if (unreferenced.Count == 0)
        {
            return [];
        }

        Blob[] taken = [.. unreferenced];
        unreferenced.Clear();
        return taken;
    }

    /// <summary>Notes that the aggregate no longer refers to a blob; null is no blob.</summary>
    protected void Dereference(Blob? blob)
    {
        if (blob is not null)
        {
            unreferenced.Add(blob);
        }
    }
}
