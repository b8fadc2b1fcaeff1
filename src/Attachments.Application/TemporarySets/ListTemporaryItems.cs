using System.Globalization;
using System.Runtime.CompilerServices;
using Attachments.Application.Errors;
using Attachments.Application.Paging;
using Attachments.Application.Persistence;
using Attachments.Application.TemporarySets.OData;
using Attachments.Domain.TemporarySets;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets;

/// <summary>Lists the files of a set, in upload order unless the options say otherwise. A set that does not exist has no files.</summary>
/// <param name="TemporaryId">The set.</param>
/// <param name="Options">See <see cref="ODataQuery.Parse"/>.</param>
public sealed record ListTemporaryItems(Guid TemporaryId, IReadOnlyList<KeyValuePair<string, string>> Options)
    : IRequest<TemporaryItemList>;

/// <summary>A list of files, not yet read.</summary>
/// <param name="Items">
/// Read in chunks while it is enumerated, once; between two of them no connection is held. A file that was removed meanwhile is left out,
/// and so is one that was added. Where the whole set has gone meanwhile, the enumeration fails with a <see cref="ConflictException"/>
/// (<c>list_interrupted</c>).
/// </param>
/// <param name="Counts">Null: not asked for.</param>
/// <param name="Selected">The members of a file that were asked for; null for all of them.</param>
public sealed record TemporaryItemList(
    IAsyncEnumerable<TemporaryItemDto> Items, ListCounts? Counts, IReadOnlySet<string>? Selected);

/// <summary>What a list says of itself.</summary>
/// <param name="Skip">How many were passed over.</param>
/// <param name="Top">How many were asked for, or else how many there are in the list.</param>
/// <param name="Total">The number of files that match the filter.</param>
/// <param name="IsOData">Whether it was asked for as OData 4 does, by <c>$count</c>.</param>
public sealed record ListCounts(long Skip, long Top, long Total, bool IsOData);

public sealed class ListTemporaryItemsHandler(IAttachmentsDb db, TemporarySetAccess access, IConfigurationProvider mappings)
    : IRequestHandler<ListTemporaryItems, TemporaryItemList>
{
    private const int BatchSize = 500;

    private static readonly ODataFields<TemporaryItemDto> Fields = new ODataFields<TemporaryItemDto>(item => item.Ordinal)
        .Add(nameof(TemporaryItemDto.TemporaryId), item => item.TemporaryId)
        .Add(nameof(TemporaryItemDto.Id), item => item.Id)
        .Add(nameof(TemporaryItemDto.Name), item => item.Name)
        .Add(nameof(TemporaryItemDto.FileName), item => item.FileName)
        .Add(nameof(TemporaryItemDto.ContentType), item => item.ContentType)
        .Add(nameof(TemporaryItemDto.CreatedAt), item => item.CreatedAt)
        .Add(nameof(TemporaryItemDto.CreatedById), item => item.CreatedById)
        .Add(nameof(TemporaryItemDto.Size), item => item.Size);

    public async Task<TemporaryItemList> Handle(ListTemporaryItems request, CancellationToken cancellationToken)
    {
        var set = await access.Find(db.TemporarySets.AsNoTracking(), request.TemporaryId, cancellationToken);
        var query = ODataQuery.Parse(request.Options, Fields);
        if (set is null)
        {
            var none = query.CountsAll ? CreateCounts(query, total: 0) : null;
            return new TemporaryItemList(AsyncEnumerable.Empty<TemporaryItemDto>(), none, query.Selected);
        }

        var found = query.Filter(QueryItems(set));
        var items = query.IsSorted
            ? StreamSorted(set, await ReadOrdinals(query, found, cancellationToken), cancellationToken)
            : StreamInUploadOrder(set, query, found, cancellationToken);
        var counts = query.CountsAll ? CreateCounts(query, await found.LongCountAsync(cancellationToken)) : null;
        return new TemporaryItemList(await items.PrefetchFirst(cancellationToken), counts, query.Selected);
    }

    private static ListCounts CreateCounts(ODataQuery<TemporaryItemDto> query, long total)
    {
        var skip = query.Skip ?? 0;
        return new ListCounts(skip, query.Top ?? Math.Max(0, total - skip), total, query.HasODataCount);
    }

    /// <summary>
    /// The files that existed when the list began, while the set has not ended. If a batch is incomplete, the caller checks whether the set
    /// has ended, since an ended set loses its items gradually.
    /// </summary>
    private IQueryable<TemporaryItemDto> QueryItems(TemporarySet set) => db.TemporaryItems.AsNoTracking()
        .Where(item => item.SetId == set.Id && item.Ordinal <= set.LastOrdinal && item.Set.EndedAt == null)
        .ProjectTo<TemporaryItemDto>(mappings);

    private async IAsyncEnumerable<TemporaryItemDto> StreamInUploadOrder(
        TemporarySet set,
        ODataQuery<TemporaryItemDto> query,
        IQueryable<TemporaryItemDto> found,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var remaining = query.Top ?? long.MaxValue;
        var skip = (int)Math.Min(query.Skip ?? 0, int.MaxValue);
        var last = 0L;
        while (remaining > 0)
        {
            var size = (int)Math.Min(remaining, BatchSize);
            var chunk = await found
                .Where(item => item.Ordinal > last)
                .OrderBy(item => item.Ordinal)
                .Skip(skip)
                .Take(size)
                .ToListAsync(cancellationToken);
            if (chunk.Count < size)
            {
                await RequireNotEnded(set, cancellationToken);
            }

            foreach (var item in chunk)
            {
                yield return item;
            }

            if (chunk.Count < size)
            {
                yield break;
            }

            (last, skip, remaining) = (chunk[^1].Ordinal, 0, remaining - size);
        }
    }

    /// <summary>The ordinals of the items in sorted order: 8 bytes each, so that the list is sorted only once.</summary>
    private static async Task<List<long>> ReadOrdinals(
        ODataQuery<TemporaryItemDto> query, IQueryable<TemporaryItemDto> found, CancellationToken cancellationToken)
    {
        var ordinals = await query.Page(query.Order(found), ODataLimits.MaxSorted + 1)
            .Select(item => item.Ordinal)
            .ToListAsync(cancellationToken);
        return ordinals.Count <= ODataLimits.MaxSorted
            ? ordinals
            : throw OptionText.Invalid("$orderby", string.Create(
                CultureInfo.InvariantCulture,
                $"a sorted list has up to {ODataLimits.MaxSorted} items, and this one has more; ask for fewer with $top"));
    }

    private async IAsyncEnumerable<TemporaryItemDto> StreamSorted(
        TemporarySet set, List<long> ordinals, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var chunk in ordinals.Chunk(BatchSize))
        {
            var found = await QueryItems(set).Where(item => chunk.Contains(item.Ordinal)).ToDictionaryAsync(
                item => item.Ordinal, cancellationToken);
            if (found.Count < chunk.Length)
            {
                await RequireNotEnded(set, cancellationToken);
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

    private async Task RequireNotEnded(TemporarySet listed, CancellationToken cancellationToken)
    {
        if (!await db.TemporarySets.AnyAsync(set => set.Id == listed.Id && set.EndedAt == null, cancellationToken))
        {
            throw new ConflictException("list_interrupted", "The temporary set ended while it was being listed; try again.");
        }
    }
}
