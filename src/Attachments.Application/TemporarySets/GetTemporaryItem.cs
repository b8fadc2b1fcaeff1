using Attachments.Application.Conditional;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets;

/// <summary>One file of a set, without its bytes.</summary>
public sealed record GetTemporaryItem(Guid TemporaryId, Guid ItemId) : IRequest<VersionedTemporaryItem>;

/// <summary>A file of a set, and the version that it is.</summary>
/// <param name="Item">The file.</param>
/// <param name="Version">That of its contents, which are all that could change.</param>
public sealed record VersionedTemporaryItem(TemporaryItemDto Item, CurrentRepresentation Version);

public sealed class GetTemporaryItemHandler(TemporarySetAccess access, IConfigurationProvider mappings)
    : IRequestHandler<GetTemporaryItem, VersionedTemporaryItem>
{
    public async Task<VersionedTemporaryItem> Handle(GetTemporaryItem request, CancellationToken cancellationToken)
    {
        var found = access.Items.AsNoTracking()
            .Where(item => item.Id == request.ItemId && item.Set.TemporaryId == request.TemporaryId);
        var item = await found.ProjectTo<TemporaryItemDto>(mappings).SingleOrDefaultAsync(cancellationToken);
        var blob = await found.Select(item => item.Blob).SingleOrDefaultAsync(cancellationToken);
        return item is not null && blob is not null
            ? new VersionedTemporaryItem(item, CurrentRepresentation.From(blob.Sha256!, blob.StoredAt!.Value))
            : throw TemporarySetAccess.ItemNotFound(request.ItemId);
    }
}
