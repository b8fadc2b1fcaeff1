using Attachments.Application.Common;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>A page of the records of a form type, by their ids' code points.</summary>
/// <param name="FormType">In NFC.</param>
/// <param name="Size">1 to <see cref="ListPage.MaxSize"/>.</param>
/// <param name="After">The cursor of the page before; null for the first.</param>
public sealed record ListRecords(string FormType, int Size, string? After) : IRequest<Page<RecordDto>>, IRecordReadRequest;

public sealed class ListRecordsValidator : AbstractValidator<ListRecords>
{
    public ListRecordsValidator()
    {
        RuleFor(request => request.Size).PageSize();
        RuleFor(request => request.After).Cursor(text => CursorText.Decode(text) is not null);
    }
}

public sealed class ListRecordsHandler(IAttachmentsDb db, IConfigurationProvider mappings)
    : IRequestHandler<ListRecords, Page<RecordDto>>
{
    public async Task<Page<RecordDto>> Handle(ListRecords request, CancellationToken cancellationToken)
    {
        var records = db.Records.AsNoTracking().Where(record => record.FormType == request.FormType);
        if (CursorText.Decode(request.After) is { } after)
        {
#pragma warning disable CA1309 // In SQL it is the column's collation that compares, and that is C: ordinal.
            records = records.Where(record => string.Compare(record.RecordId, after) > 0);
#pragma warning restore CA1309
        }

        var found = await records
            .OrderBy(record => record.RecordId)
            .Take(request.Size + 1)
            .ProjectTo<RecordDto>(mappings)
            .ToListAsync(cancellationToken);
        return found.ToPage(request.Size, record => CursorText.Encode(record.RecordId));
    }
}
