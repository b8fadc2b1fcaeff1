using Attachments.Application.Errors;

namespace Attachments.Application.Content.Blobs;

/// <summary>
/// The store answers, and refuses or fails what was asked about these blobs: an archived object, one under a legal hold, one whose bytes its
/// disk cannot read. Whoever has others to look after goes on with them; a request is told to come again.
/// </summary>
/// <param name="blobIds">Whose bytes.</param>
/// <param name="cause">What the store said, of one of them at least.</param>
public sealed class BlobRefusedException(IReadOnlyCollection<Guid> blobIds, Exception cause)
    : UnavailableException("store_unavailable", "The store of the files does not do this for this file just now; try again.", cause)
{
    public IReadOnlyCollection<Guid> BlobIds { get; } = blobIds;
}
