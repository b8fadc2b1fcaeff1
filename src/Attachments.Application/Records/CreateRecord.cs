using System.Globalization;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Domain.Records;
using AutoMapper;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>Creates a record with the id in its document, or else with the next number of its form type.</summary>
/// <param name="FormType">In NFC.</param>
/// <param name="Document">Reads the document of the record.</param>
/// <param name="Preconditions">The preconditions; the record does not exist yet.</param>
public sealed record CreateRecord(string FormType, ReadBody<RecordDraft> Document, Preconditions Preconditions)
    : IRequest<RecordDto>;

public sealed class CreateRecordHandler(IAttachmentsDb db, IMapper mapper) : IRequestHandler<CreateRecord, RecordDto>
{
    /// <summary>The most numbers checked at once, if clients have taken many.</summary>
    private const int MaxLookAhead = 1000;

    public async Task<RecordDto> Handle(CreateRecord request, CancellationToken cancellationToken)
    {
        request.Preconditions.RequireForWrite(null);
        var draft = await request.Document(cancellationToken);
        var key = draft.Id is null ? null : RecordKey.Parse(draft.Id);
        if (key is not null && key.FormType != request.FormType)
        {
            throw new ConflictException("id_conflict", $"A record of the form type '{request.FormType}' cannot have the id '{key}'.");
        }

        return await db.Change(token => Create(request.FormType, key, draft.Attributes, token), cancellationToken);
    }

    /// <param name="formType">Of the record.</param>
    /// <param name="chosen">The key that the client has chosen; null for the next number.</param>
    /// <param name="attributes">What the record says.</param>
    /// <param name="cancellationToken">The client went away.</param>
    private async Task<RecordDto> Create(
        string formType, RecordKey? chosen, RecordAttributes attributes, CancellationToken cancellationToken)
    {
        if (chosen is not null && await db.Records.WhereKey(chosen).AnyAsync(cancellationToken))
        {
            throw new ConflictException("record_exists", $"The record '{chosen}' already exists.");
        }

        // If a client takes the number meanwhile, the unique constraint fails this attempt, and the next one skips the number.
        var key = chosen ?? RecordKey.Create(formType, await NextNumber(formType, cancellationToken));
        var record = Record.Create(key, attributes);
        db.Records.Add(record);
        await db.SaveChangesAsync(cancellationToken);
        if (chosen is null)
        {
            await RequireUnspent(key, cancellationToken);
        }

        return mapper.Map<RecordDto>(record);
    }

    private async Task<string> NextNumber(string formType, CancellationToken cancellationToken)
    {
        var sequence = await db.RecordSequences.SingleOrDefaultAsync(it => it.FormType == formType, cancellationToken);
        if (sequence is null)
        {
            sequence = RecordSequence.Create(formType);
            db.RecordSequences.Add(sequence);
        }

        for (var count = 1; ; count = Math.Min(2 * count, MaxLookAhead))
        {
            var upcoming = sequence.Upcoming(count);
            var (taken, runs) = await FindTaken(sequence, upcoming, cancellationToken);
            var passed = upcoming.TakeWhile(taken.Contains).ToList();
            sequence.SkipTo(sequence.Last + passed.Count);
            var run = runs.Find(run => run.Covers(sequence.Last + 1));
            sequence.SkipTo(run?.Last ?? 0);
            await DeletePassed(sequence, passed, cancellationToken);
            if (run is null && passed.Count < count)
            {
                return sequence.Advance(1);
            }
        }
    }

    /// <summary>
    /// A client may have created and deleted a record with this number since the check. The number is then spent. Now that this record is
    /// saved, no other record can take the id.
    /// </summary>
    /// <exception cref="DbUpdateConcurrencyException">It is spent: the next attempt passes over it.</exception>
    private async Task RequireUnspent(RecordKey key, CancellationToken cancellationToken)
    {
        var number = long.Parse(key.RecordId, CultureInfo.InvariantCulture);
        var spent = await db.SpentNumbers
            .AsNoTracking()
            .Where(spent => spent.FormType == key.FormType && (spent.RecordId == key.RecordId || spent.UpTo >= number))
            .ToListAsync(cancellationToken);
        if (spent.Exists(spent => spent.Covers(number)))
        {
            throw new DbUpdateConcurrencyException($"The number of '{key}' was taken by another request.");
        }
    }

    /// <summary>
    /// Deletes the spent numbers that the sequence has passed. A row that another request has extended to a run meanwhile is kept.
    /// </summary>
    private async Task DeletePassed(RecordSequence sequence, List<string> numbers, CancellationToken cancellationToken)
    {
        var (formType, last) = (sequence.FormType, sequence.Last);
        await db.SpentNumbers
            .Where(spent => spent.FormType == formType
                && (spent.UpTo == null ? numbers.Contains(spent.RecordId) : spent.UpTo <= last))
            .ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>
    /// The upcoming numbers that clients have used, even if their records were deleted, and the runs of spent numbers ahead.
    /// </summary>
    private async Task<(HashSet<string> Taken, List<SpentNumber> Runs)> FindTaken(
        RecordSequence sequence, IReadOnlyList<string> upcoming, CancellationToken cancellationToken)
    {
        var (formType, last) = (sequence.FormType, sequence.Last);
        var taken = await db.Records
            .Where(record => record.FormType == formType && upcoming.Contains(record.RecordId))
            .Select(record => record.RecordId)
            .ToListAsync(cancellationToken);
        var spent = await db.SpentNumbers
            .AsNoTracking()
            .Where(spent => spent.FormType == formType && (spent.UpTo == null ? upcoming.Contains(spent.RecordId) : spent.UpTo > last))
            .ToListAsync(cancellationToken);
        return ([.. taken, .. spent.Select(spent => spent.RecordId)], spent.FindAll(spent => spent.UpTo is not null));
    }
}
