using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using Attachments.Domain.Records;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>Deletes a record with all its files.</summary>
/// <param name="Key">The record.</param>
/// <param name="Preconditions">Of the record, which is there.</param>
public sealed record DeleteRecord(RecordKey Key, Preconditions Preconditions) : IRequest;

public sealed class DeleteRecordHandler(IAttachmentsDb db, TimeProvider time) : IRequestHandler<DeleteRecord>
{
    public Task<Unit> Handle(DeleteRecord request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var record = await db.Records.Of(request.Key).SingleOrDefaultAsync(token) ?? throw RecordQueries.NotFound(request.Key);
            request.Preconditions.RequireForWrite(record.Representation());
            await ReleaseFiles(record.Id, token);
            await SpendNumber(record, token);
            db.Records.Remove(record);
            return Unit.Value;
        },
        cancellationToken);

    /// <summary>
    /// In one statement, as there may be many thousands. A file that is attached, replaced or detached meanwhile changes the record as
    /// well, so that the removal of it fails, and all of this is done again.
    /// </summary>
    private Task<int> ReleaseFiles(Guid recordId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return db.Blobs
            .Where(blob => db.Records
                .Where(record => record.Id == recordId)
                .SelectMany(record => record.Files)
                .Any(file => file.BlobId == blob.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(blob => blob.ReleasedAt, now), cancellationToken);
    }

    private async Task SpendNumber(Record record, CancellationToken cancellationToken)
    {
        var last = await db.RecordSequences
            .Where(sequence => sequence.FormType == record.FormType)
            .Select(sequence => sequence.Last)
            .SingleOrDefaultAsync(cancellationToken);
        if (RecordSequence.IsAfter(last, record.RecordId)
            && await db.SpentNumbers.FindAsync([record.FormType, record.RecordId], cancellationToken) is null)
        {
            db.SpentNumbers.Add(new SpentNumber(record.FormType, record.RecordId));
        }
    }
}
