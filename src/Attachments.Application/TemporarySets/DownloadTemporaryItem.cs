using Attachments.Application.Content.Downloads;
using MediatR;

namespace Attachments.Application.TemporarySets;

/// <summary>The file itself of an item, whichever set of the caller's it is in.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Whole">Its bytes are likely to be wanted, all of them.</param>
public sealed record DownloadTemporaryItem(Guid ItemId, bool Whole) : IRequest<StoredFile>;

public sealed class DownloadTemporaryItemHandler(TemporarySetAccess access, BlobReader reader)
    : IRequestHandler<DownloadTemporaryItem, StoredFile>
{
    public async Task<StoredFile> Handle(DownloadTemporaryItem request, CancellationToken cancellationToken)
    {
        var found = await reader.Find(unless => access.FindFile(request.ItemId, unless, cancellationToken), request, request.Whole);
        return found is { Stored: { } file } ? file : throw TemporarySetAccess.ItemNotFound(request.ItemId);
    }
}
