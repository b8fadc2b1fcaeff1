using System.Runtime.CompilerServices;
using Attachments.Application.Common;
using Attachments.Application.TemporarySets.OData;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets;

/// <summary>The files of a set, in the order of uploading unless the options say otherwise. A set that nobody made has none.</summary>
/// <param name="TemporaryId">The set.</param>
/// <param name="Options">See <see cref="ODataQuery.Parse"/>.</param>
public sealed record ListTemporaryItems(Guid TemporaryId, IReadOnlyList<KeyValuePair<string, string>> Options) : IRequest<TemporaryItemList>;

/// <summary>A list of files, not yet read.</summary>
/// <param name="Items">
/// Read in chunks while it is enumerated, once; between two of them no connection is held. A file that was removed meanwhile is left out.
/// Where the whole set has gone meanwhile, the enumeration fails with an <see cref="UnavailableException"/> (<c>list_interrupted</c>).
/// </param>
/// <param name="Counts">Null: not asked for.</param>
public sealed record TemporaryItemList(IAsyncEnumerable<TemporaryItemDto> Items, ListCounts? Counts);

/// <summary>What a list says of itself.</summary>
/// <param name="Skip">How many were passed over.</param>
/// <param name="Top">How many were asked for, or else how many there are in the list.</param>
/// <param name="Total">How many there were to choose from.</param>
public sealed record ListCounts(long Skip, long Top, long Total);

public sealed class ListTemporaryItemsHandler(IAttachmentsDb db, TemporarySetAccess access, IConfigurationProvider mappings)
    : IRequestHandler<ListTemporaryItems, TemporaryItemList>
{
    private const int ChunkItems = 500;

    private static readonly ODataFields<TemporaryItemDto> Fields = new ODataFields<TemporaryItemDto>(item => item.Ordinal)
        .Add(nameof(TemporaryItemDto.TemporaryId), item => item.TemporaryId)
        .Add(nameof(TemporaryItemDto.Id), item => item.Id)
        .Add(nameof(TemporaryItemDto.Name), item => item.Name)
        .Add(nameof(TemporaryItemDto.FileName), item => item.FileName)
        .Add(nameof(TemporaryItemDto.ContentType), item => item.ContentType)
        .Add(nameof(TemporaryItemDto.CreatedAt), item => item.CreatedAt)
        .Add(nameof(TemporaryItemDto.CreatedById), item => item.CreatedById)
        .Add(nameof(TemporaryItemDto.Size), item => item.Size);

    /// <summary>
    /// First which files, in their order: 8 bytes each, of at most as many as a set may have. Then the files themselves, as many at a
    /// time as are sent at once.
    /// </summary>
    public async Task<TemporaryItemList> Handle(ListTemporaryItems request, CancellationToken cancellationToken)
    {
        var set = await access.Find(db.TemporarySets.AsNoTracking(), request.TemporaryId, cancellationToken);
        var query = ODataQuery.Parse(request.Options, Fields);
        var found = query.Filter(ItemsOf(set?.Id));
        var ordinals = await query.Page(query.Order(found)).Select(item => item.Ordinal).ToListAsync(cancellationToken);
        var counts = query.CountsAll
            ? new ListCounts(query.Skip ?? 0, query.Top ?? ordinals.Count, await found.LongCountAsync(cancellationToken))
            : null;
        return new TemporaryItemList(Read(set?.Id, ordinals, cancellationToken), counts);
    }

    private IQueryable<TemporaryItemDto> ItemsOf(Guid? setId) =>
        db.TemporaryItems.AsNoTracking().Where(item => item.SetId == setId).ProjectTo<TemporaryItemDto>(mappings);

    private async IAsyncEnumerable<TemporaryItemDto> Read(
        Guid? setId, List<long> ordinals, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var chunk in ordinals.Chunk(ChunkItems))
        {
            var found = await ItemsOf(setId).Where(item => chunk.Contains(item.Ordinal)).ToDictionaryAsync(
                item => item.Ordinal, cancellationToken);
            if (found.Count < chunk.Length)
            {
                await RequireStill(setId, cancellationToken);
            }

            foreach (var ordinal in chunk)
            {
                if (found.TryGetValue(ordinal, out var item))
                {
                    yield return item;
                }
            }
        }
    }

    private async Task RequireStill(Guid? setId, CancellationToken cancellationToken)
    {
        if (!await db.TemporarySets.AnyAsync(set => set.Id == setId && set.EndedAt == null, cancellationToken))
        {
            throw new UnavailableException("list_interrupted", "The temporary set ended while it was being listed; ask again.");
        }
    }
}
