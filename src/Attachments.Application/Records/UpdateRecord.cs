using System.Text;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Application.Settings;
using Attachments.Domain.Records;
using AutoMapper;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Records;

/// <summary>Sets some attributes of a record, each as a whole, and leaves its others as they are.</summary>
/// <param name="Key">The record.</param>
/// <param name="Document">The attributes to set.</param>
/// <param name="Preconditions">Of the record, which is there.</param>
public sealed record UpdateRecord(RecordKey Key, ReadBody<RecordDraft> Document, Preconditions Preconditions)
    : IRequest<RecordDto>;

public sealed class UpdateRecordHandler(IAttachmentsDb db, IMapper mapper, IOptions<LimitsOptions> limits)
    : IRequestHandler<UpdateRecord, RecordDto>
{
    public async Task<RecordDto> Handle(UpdateRecord request, CancellationToken cancellationToken)
    {
        var current = await db.Records.FindRepresentation(request.Key, cancellationToken) ?? throw RecordQueries.NotFound(request.Key);
        request.Preconditions.RequireForWrite(current);
        var draft = await request.Document(cancellationToken);
        draft.RequireKey(request.Key);
        return await db.Change(token => Update(request, draft, token), cancellationToken);
    }

    private async Task<RecordDto> Update(UpdateRecord request, RecordDraft draft, CancellationToken cancellationToken)
    {
        var record = await db.Records.WhereKey(request.Key).SingleOrDefaultAsync(cancellationToken)
            ?? throw RecordQueries.NotFound(request.Key);
        request.Preconditions.RequireForWrite(record.Representation());
        record.Patch(draft.Attributes);
        RequireWithin(limits.Value.MaxDocumentBytes, record.Attributes);

        // The record is not read again: if nothing changed, nothing was written, and another request may have changed the record since.
        return mapper.Map<RecordDto>(record);
    }

    /// <summary>Many small changes cannot make a record larger than one request can.</summary>
    private static void RequireWithin(int limit, RecordAttributes attributes)
    {
        if (Encoding.UTF8.GetByteCount(attributes.Json) > limit)
        {
            throw new TooLargeException("attributes_too_large", $"The attributes of a record can have at most {limit} bytes.");
        }
    }
}
