using System.Text.Json.Serialization;
using Attachments.Application.Changes;
using Attachments.Application.Text;
using Attachments.Domain.Changes;

namespace Attachments.Api.Controllers.Changes;

/// <summary>Some changes.</summary>
/// <param name="Changes">In the order of the feed.</param>
/// <param name="Next">The cursor to go on from, whether or not there are changes.</param>
/// <param name="More">There may be more now.</param>
public sealed record ChangePageDocument(
    [property: JsonPropertyName("changes")] IReadOnlyList<ChangeDocument> Changes,
    [property: JsonPropertyName("next")] string Next,
    [property: JsonPropertyName("more")] bool More)
{
    internal static ChangePageDocument From(ChangePage page) =>
        new([.. page.Changes.Select(placed => ChangeDocument.From(placed.Change))], page.Next, page.More);
}

/// <summary>A change, in the feed as in a webhook's body.</summary>
/// <param name="Id">The same for every reader and on every delivery.</param>
/// <param name="Type">What happened, such as `session.attachment.stored`.</param>
/// <param name="Timestamp">When it happened, in UTC (RFC 3339).</param>
/// <param name="By">The user who did it; null: the service by itself.</param>
/// <param name="Revision">That of the session, the record, its files, the set or the owned attachment after the change.</param>
/// <param name="Subject">The path of what changed.</param>
/// <param name="Data">Its ids, and what is known of its bytes.</param>
public sealed record ChangeDocument(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("timestamp")] string Timestamp,
    [property: JsonPropertyName("by")] Guid? By,
    [property: JsonPropertyName("revision")] long Revision,
    [property: JsonPropertyName("subject")] string Subject,
    [property: JsonPropertyName("data")] ChangeDataDocument Data)
{
    internal static ChangeDocument From(Change change) => new(
        change.Id,
        change.Type,
        Rfc3339.FormatMilliseconds(change.OccurredAt),
        change.MadeBy,
        change.Revision,
        ChangeSubject.GetPath(change),
        ChangeDataDocument.From(change));
}

/// <summary>The ids of what changed, named as its URL names them; those of another family are left out.</summary>
/// <param name="ProjectId">The project of a session.</param>
/// <param name="SessionId">The session.</param>
/// <param name="FormType">The form type of a record.</param>
/// <param name="RecordId">The record.</param>
/// <param name="Folder">The folder of a record's file, unless it is in none.</param>
/// <param name="FileName">The name of a record's file.</param>
/// <param name="Set">The temporary set.</param>
/// <param name="Id">The data point of a session's file, a set's item (text both), or an owned attachment (a number).</param>
/// <param name="Replaced">True if the session took the place of another with its id.</param>
/// <param name="Content">The bytes that it has now, if the change is about bytes.</param>
public sealed record ChangeDataDocument(
    [property: JsonPropertyName("project_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ProjectId,
    [property: JsonPropertyName("session_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SessionId,
    [property: JsonPropertyName("eformtype"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FormType,
    [property: JsonPropertyName("recordid"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RecordId,
    [property: JsonPropertyName("folder"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Folder,
    [property: JsonPropertyName("filename"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FileName,
    [property: JsonPropertyName("set"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Set,
    [property: JsonPropertyName("id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] object? Id,
    [property: JsonPropertyName("replaced"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Replaced,
    [property: JsonPropertyName("content"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ChangedContentDocument? Content)
{
    internal static ChangeDataDocument From(Change change) => new(
        change.ProjectId,
        change.SessionUuid,
        change.FormType,
        change.RecordId,
        change.Folder,
        change.FileName,
        change.TemporaryId,
        change.PointName ?? (object?)change.ItemId ?? change.AttachmentId,
        change.IsReplacement ? true : null,
        ChangedContentDocument.From(change));
}

/// <summary>Bytes.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">In lower-case hexadecimal digits.</param>
/// <param name="MediaType">As it was sent, with its parameters.</param>
public sealed record ChangedContentDocument(
    [property: JsonPropertyName("length")] long Length,
    [property: JsonPropertyName("sha256")] string Sha256,
    [property: JsonPropertyName("media_type")] string MediaType)
{
    internal static ChangedContentDocument? From(Change change) => change is { Length: { } length, Sha256: { } sha256, MediaType: { } type }
        ? new ChangedContentDocument(length, Convert.ToHexStringLower(sha256), type)
        : null;
}
