using Attachments.Application.Errors;

namespace Attachments.Application.Content.Blobs;

/// <summary>
/// The store is reachable but refuses an operation on these blobs, for example on an archived object, an object under a legal hold, or an
/// object on a damaged disk. A caller with other blobs continues with those; a request is answered 503.
/// </summary>
/// <param name="blobIds">The blobs.</param>
/// <param name="cause">The store's error for at least one of them.</param>
public sealed class BlobRefusedException(IReadOnlyCollection<Guid> blobIds, Exception cause)
    : UnavailableException("store_unavailable", "The file store refused this operation on this file; try again later.", cause)
{
    public IReadOnlyCollection<Guid> BlobIds { get; } = blobIds;
}
