using Attachments.Application.Common;
using Attachments.Domain.Records;
using AutoMapper;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>Creates a record under the id that its document names, else under the next number of its form type.</summary>
/// <param name="FormType">In NFC.</param>
/// <param name="Document">What the record says.</param>
/// <param name="Preconditions">Of what is created, which is not there before.</param>
public sealed record CreateRecord(string FormType, ReadRecordDraft Document, Preconditions Preconditions)
    : IRequest<RecordDto>, IRecordWriteRequest;

public sealed class CreateRecordHandler(IAttachmentsDb db, IConfigurationProvider mappings) : IRequestHandler<CreateRecord, RecordDto>
{
    /// <summary>How many numbers are looked at in one step, where clients have taken many.</summary>
    private const int MaxStep = 1000;

    public async Task<RecordDto> Handle(CreateRecord request, CancellationToken cancellationToken)
    {
        request.Preconditions.RequireForWrite(null);
        var draft = await request.Document(cancellationToken);
        if (draft.Key is { } key && key.FormType != request.FormType)
        {
            throw new ConflictException("id_conflict", $"A record of the form type '{request.FormType}' cannot have the id '{key}'.");
        }

        return await db.Change(token => Create(request.FormType, draft, token), cancellationToken);
    }

    private async Task<RecordDto> Create(string formType, RecordDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Key is { } taken && await db.Records.Of(taken).AnyAsync(cancellationToken))
        {
            throw new ConflictException("record_exists", $"There is a record '{taken}' already.");
        }

        // A number that a client takes meanwhile breaks the constraint, and the next attempt passes over it.
        var key = draft.Key ?? RecordKey.Of(formType, await NextNumber(formType, cancellationToken));
        var record = Record.Create(key, draft.Attributes);
        db.Records.Add(record);
        return await db.SaveAndRead(record, mappings, cancellationToken);
    }

    private async Task<string> NextNumber(string formType, CancellationToken cancellationToken)
    {
        var sequence = await db.RecordSequences.SingleOrDefaultAsync(it => it.FormType == formType, cancellationToken);
        if (sequence is null)
        {
            sequence = RecordSequence.Of(formType);
            db.RecordSequences.Add(sequence);
        }

        for (var count = 1; ; count = Math.Min(2 * count, MaxStep))
        {
            var upcoming = sequence.Upcoming(count);
            var taken = await Taken(formType, upcoming, cancellationToken);
            if (upcoming.FirstOrDefault(number => !taken.Contains(number)) is { } free)
            {
                return sequence.Advance(upcoming.ToList().IndexOf(free) + 1);
            }

            sequence.Advance(count);
        }
    }

    /// <summary>Those that clients have chosen, whether the records are still there or not.</summary>
    private async Task<HashSet<string>> Taken(string formType, IReadOnlyList<string> numbers, CancellationToken cancellationToken) =>
    [
        .. await db.Records
            .Where(record => record.FormType == formType && numbers.Contains(record.RecordId))
            .Select(record => record.RecordId)
            .Concat(db.SpentNumbers
                .Where(spent => spent.FormType == formType && numbers.Contains(spent.RecordId))
                .Select(spent => spent.RecordId))
            .ToListAsync(cancellationToken),
    ];
}
