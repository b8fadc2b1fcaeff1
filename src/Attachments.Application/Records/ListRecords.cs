using Attachments.Application.Paging;
using Attachments.Application.Persistence;
using Attachments.Domain.Records;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>
/// Lists the keys of a page of records, sorted by the code points of their ids. The attributes may take megabytes, so <see
/// cref="FindRecord"/> reads each record when it is written.
/// </summary>
/// <param name="FormType">In NFC.</param>
/// <param name="Page">The page to read.</param>
public sealed record ListRecords(string FormType, PageRequest Page) : IRequest<Page<RecordKey>>;

public sealed class ListRecordsHandler(IAttachmentsDb db) : IRequestHandler<ListRecords, Page<RecordKey>>
{
    public async Task<Page<RecordKey>> Handle(ListRecords request, CancellationToken cancellationToken)
    {
        var page = request.Page;
        var records = db.Records.AsNoTracking().Where(record => record.FormType == request.FormType);
        if (page.ParseAfter(CursorText.Decode) is { } after)
        {
#pragma warning disable CA1309 // In SQL it is the column's collation that compares, and that is C: ordinal.
            records = records.Where(record => string.Compare(record.RecordId, after) > 0);
#pragma warning restore CA1309
        }

        var ids = await records
            .OrderBy(record => record.RecordId)
            .Select(record => record.RecordId)
            .Take(page.Size + 1)
            .ToListAsync(cancellationToken);
        return page.ToPage(ids.ConvertAll(id => RecordKey.Create(request.FormType, id)), key => CursorText.Encode(key.RecordId));
    }
}
