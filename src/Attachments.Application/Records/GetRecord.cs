using Attachments.Application.Persistence;
using Attachments.Domain.Records;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>A record without its files.</summary>
public sealed record GetRecord(RecordKey Key) : IRequest<RecordDto>;

public sealed class GetRecordHandler(IAttachmentsDb db, IConfigurationProvider mappings) : IRequestHandler<GetRecord, RecordDto>
{
    public async Task<RecordDto> Handle(GetRecord request, CancellationToken cancellationToken) =>
        await db.Records.WhereKey(request.Key).ProjectTo<RecordDto>(mappings).SingleOrDefaultAsync(cancellationToken)
            ?? throw RecordQueries.NotFound(request.Key);
}
