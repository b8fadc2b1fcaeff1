using Attachments.Application.Persistence;
using Attachments.Domain.Records;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>Reads a listed record without its files; null if it was deleted meanwhile.</summary>
public sealed record FindRecord(RecordKey Key) : IRequest<RecordDto?>;

public sealed class FindRecordHandler(IAttachmentsDb db, IConfigurationProvider mappings) : IRequestHandler<FindRecord, RecordDto?>
{
    public Task<RecordDto?> Handle(FindRecord request, CancellationToken cancellationToken) =>
        db.Records.WhereKey(request.Key).ProjectTo<RecordDto>(mappings).SingleOrDefaultAsync(cancellationToken);
}
