using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using Attachments.Domain.Records;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>Deletes a record with all its files.</summary>
/// <param name="Key">The record.</param>
/// <param name="Preconditions">The preconditions on the record.</param>
public sealed record DeleteRecord(RecordKey Key, Preconditions Preconditions) : IRequest;

public sealed class DeleteRecordHandler(IAttachmentsDb db, TimeProvider time) : IRequestHandler<DeleteRecord>
{
    /// <summary>The most spent numbers joined at once. A form type may have more from before they were bounded.</summary>
    private const int MaxJoined = 1000;

    // Not cancelled when the client disconnects. Otherwise a large deletion could never finish.
    public Task<Unit> Handle(DeleteRecord request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            await db.LiftStatementTimeout(token);
            var record = await db.Records.WhereKey(request.Key).SingleOrDefaultAsync(token) ?? throw RecordQueries.NotFound(request.Key);
            request.Preconditions.RequireForWrite(record.Representation());
            await ReleaseFiles(record.Id, token);
            await SpendNumber(record, token);
            record.Delete();
            db.Records.Remove(record);
            return Unit.Value;
        },
        CancellationToken.None);

    /// <summary>
    /// One statement, since there may be thousands of files. A concurrent change of the files also changes the record, so this transaction
    /// fails and runs again.
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
            var spent = db.SpentNumbers.Add(new SpentNumber(record.FormType, record.RecordId)).Entity;
            await JoinSpent(spent, cancellationToken);
        }
    }

    /// <summary>Joins spent numbers, so that a form type never keeps more than the maximum.</summary>
    private async Task JoinSpent(SpentNumber added, CancellationToken cancellationToken)
    {
        var sameFormType = db.SpentNumbers.Where(spent => spent.FormType == added.FormType);
        if (await sameFormType.CountAsync(cancellationToken) < SpentNumber.MaxKept)
        {
            return;
        }

        var others = await sameFormType.OrderBy(spent => spent.RecordId).Take(MaxJoined).ToListAsync(cancellationToken);
        db.SpentNumbers.RemoveRange(SpentNumber.Join([added, .. others], SpentNumber.MaxKept / 2));
    }
}
