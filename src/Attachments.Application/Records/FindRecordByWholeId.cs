using Attachments.Application.Persistence;
using Attachments.Domain.Records;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>
/// Reads the record that is called <c>Contract/57</c>, where an address has room for a form type only. Null if there is none, and if there
/// are records of a form type of that name, which the address then means.
/// </summary>
/// <param name="WholeId">In NFC.</param>
public sealed record FindRecordByWholeId(string WholeId) : IRequest<RecordDto?>;

public sealed class FindRecordByWholeIdHandler(IAttachmentsDb db, IConfigurationProvider mappings)
    : IRequestHandler<FindRecordByWholeId, RecordDto?>
{
    public async Task<RecordDto?> Handle(FindRecordByWholeId request, CancellationToken cancellationToken) =>
        RecordKey.TryParse(request.WholeId) is { } key
        && !await db.Records.AnyAsync(record => record.FormType == request.WholeId, cancellationToken)
            ? await db.Records.WhereKey(key).ProjectTo<RecordDto>(mappings).SingleOrDefaultAsync(cancellationToken)
            : null;
}
