using Attachments.Application.Content;
using Attachments.Domain.Content;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets;

/// <summary>The file itself of an item, whichever set of the caller's it is in.</summary>
public sealed record GetTemporaryItemContents(Guid ItemId) : IRequest<StoredFile>;

public sealed class GetTemporaryItemContentsHandler(TemporarySetAccess access) : IRequestHandler<GetTemporaryItemContents, StoredFile>
{
    public async Task<StoredFile> Handle(GetTemporaryItemContents request, CancellationToken cancellationToken)
    {
        var found = await access.Items.AsNoTracking()
            .Where(item => item.Id == request.ItemId)
            .Select(item => new { item.FileName, item.Blob })
            .SingleOrDefaultAsync(cancellationToken) ?? throw TemporarySetAccess.ItemNotFound(request.ItemId);
        return StoredFile.Of(found.Blob, FileName.Stored(found.FileName));
    }
}
