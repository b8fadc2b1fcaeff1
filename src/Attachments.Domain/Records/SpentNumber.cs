namespace Attachments.Domain.Records;

/// <summary>
/// A number that a client chose for a record that has been deleted, before the form type's <see cref="RecordSequence"/> reached it. The
/// sequence skips it, so that a URL never comes to mean another record.
/// </summary>
public sealed class SpentNumber(string formType, string recordId)
{
    public string FormType { get; private set; } = formType;

    public string RecordId { get; private set; } = recordId;
}
