using Attachments.Domain.Records;

namespace Attachments.Application.Records;

/// <summary>The content of a record document.</summary>
/// <param name="Id">The record that it names, as the client wrote it; null: it names none.</param>
/// <param name="Attributes">Those it has; empty where it has none.</param>
public sealed record RecordDraft(string? Id, RecordAttributes Attributes);
