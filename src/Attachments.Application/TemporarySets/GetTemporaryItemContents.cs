using Attachments.Application.Content;
using Attachments.Domain.Content;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets;

/// <summary>The file itself of an item, whichever set of the caller's it is in.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Whole">Its bytes are likely to be wanted, all of them.</param>
public sealed record GetTemporaryItemContents(Guid ItemId, bool Whole) : IRequest<StoredFile>;

public sealed class GetTemporaryItemContentsHandler(TemporarySetAccess access, BlobReader reader)
    : IRequestHandler<GetTemporaryItemContents, StoredFile>
{
    public async Task<StoredFile> Handle(GetTemporaryItemContents request, CancellationToken cancellationToken)
    {
        var files = access.Items.AsNoTracking()
            .Where(item => item.Id == request.ItemId)
            .Select(item => new HeldFile { FileName = FileName.Stored(item.FileName), Blob = item.Blob });
        return await reader.Find(files, request, request.Whole, cancellationToken) is { Stored: { } found }
            ? found
            : throw TemporarySetAccess.ItemNotFound(request.ItemId);
    }
}
