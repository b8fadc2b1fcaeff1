using Attachments.Application.Paging;
using Attachments.Application.Persistence;
using Attachments.Domain.Records;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>A page of the files of a record, by folder and name, those at its root first.</summary>
/// <param name="Key">The record.</param>
/// <param name="Page">The page to read.</param>
public sealed record ListRecordFiles(RecordKey Key, PageRequest Page) : IRequest<Page<RecordFileDto>>;

public sealed class ListRecordFilesHandler(IAttachmentsDb db, IConfigurationProvider mappings)
    : IRequestHandler<ListRecordFiles, Page<RecordFileDto>>
{
    public async Task<Page<RecordFileDto>> Handle(ListRecordFiles request, CancellationToken cancellationToken)
    {
        var page = request.Page;
        var after = page.ParseAfter(RecordFileCursor.Parse);
        await db.Records.RequireExists(request.Key, cancellationToken);
        var files = db.Records.AsNoTracking().WhereKey(request.Key).SelectMany(record => record.Files);
        if (after is not null)
        {
            // The first condition is implied by the second; it is what lets the index be entered at the right place.
#pragma warning disable CA1309 // In SQL it is the column's collation that compares, and that is C: ordinal.
            files = files.Where(file => string.Compare(file.Folder, after.Folder) >= 0
                && (string.Compare(file.Folder, after.Folder) > 0 || string.Compare(file.Name, after.Name) > 0));
#pragma warning restore CA1309
        }

        var found = await files
            .OrderBy(file => file.Folder)
            .ThenBy(file => file.Name)
            .Take(page.Size + 1)
            .ProjectTo<RecordFileDto>(mappings)
            .ToListAsync(cancellationToken);
        return page.ToPage(found, file => new RecordFileCursor(file.Folder, file.Name).ToString());
    }
}
