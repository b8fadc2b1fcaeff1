namespace Attachments.Domain.Records;

/// <summary>
/// A number that a client had chosen for a record, deleted since, before the form type's <see cref="RecordSequence"/> came to it. It
/// passes over it: an address never comes to mean another record by itself.
/// </summary>
public sealed class SpentNumber(string formType, string recordId)
{
    public string FormType { get; private set; } = formType;

    public string RecordId { get; private set; } = recordId;
}
