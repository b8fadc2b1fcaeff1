using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Domain.Records;
using AutoMapper;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>Creates a record, or replaces its attributes. Its files are kept.</summary>
/// <param name="Key">The record.</param>
/// <param name="Document">What it is to say.</param>
/// <param name="Preconditions">Of the record: <c>If-None-Match: *</c> creates only.</param>
public sealed record PutRecord(RecordKey Key, ReadBody<RecordDraft> Document, Preconditions Preconditions)
    : IRequest<SavedRecord>;

/// <summary>A record as it was saved.</summary>
/// <param name="Record">The record.</param>
/// <param name="IsNew">It was not there before.</param>
public sealed record SavedRecord(RecordDto Record, bool IsNew);

public sealed class PutRecordHandler(IAttachmentsDb db, IMapper mapper) : IRequestHandler<PutRecord, SavedRecord>
{
    public async Task<SavedRecord> Handle(PutRecord request, CancellationToken cancellationToken)
    {
        request.Preconditions.RequireForWrite(await db.Records.FindRepresentation(request.Key, cancellationToken));
        var draft = await request.Document(cancellationToken);
        draft.RequireKey(request.Key);
        return await db.Change(token => Put(request, draft, token), cancellationToken);
    }

    private async Task<SavedRecord> Put(PutRecord request, RecordDraft draft, CancellationToken cancellationToken)
    {
        var record = await db.Records.WhereKey(request.Key).SingleOrDefaultAsync(cancellationToken);
        request.Preconditions.RequireForWrite(record?.Representation());
        if (record is not null)
        {
            record.Replace(draft.Attributes);

            // Without reading it again: where nothing changes nothing is written, so that another request may have changed it since.
            return new SavedRecord(mapper.Map<RecordDto>(record), IsNew: false);
        }

        var created = Record.Create(request.Key, draft.Attributes);
        db.Records.Add(created);
        return new SavedRecord(mapper.Map<RecordDto>(created), IsNew: true);
    }
}
