using System.Text.Json.Serialization;
using Attachments.Api.Controllers.OwnedAttachments;
using Attachments.Api.Controllers.Records;
using Attachments.Api.Controllers.Sessions;
using Attachments.Api.Docs;
using Attachments.Api.Http.Documents;
using Attachments.Application.TemporarySets.Claims;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>The result of a claim: one member, named like the target in the claim.</summary>
public sealed class ClaimDocument
{
    private ClaimDocument()
    {
    }

    /// <summary>The record, and its new files.</summary>
    [JsonPropertyName("Record")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClaimedByRecordDocument? Record { get; private init; }

    /// <summary>The session, and the points that hold the files now.</summary>
    [JsonPropertyName("Session")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClaimedBySessionDocument? Session { get; private init; }

    /// <summary>The new attachments, in upload order.</summary>
    [JsonPropertyName("Owned")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<OwnedAttachmentDocument>? Owned { get; private init; }

    internal static ClaimDocument From(Claimed claimed, HttpRequest request, OwnedAttachmentsOptions owned) => claimed switch
    {
        ClaimedByRecord record => new ClaimDocument { Record = ClaimedByRecordDocument.From(record, request) },
        ClaimedBySession session => new ClaimDocument { Session = ClaimedBySessionDocument.From(session, request) },
        ClaimedAsOwned made => new ClaimDocument
        {
            Owned = [.. made.Attachments.Select(attachment => OwnedAttachmentDocument.From(attachment, owned.UnsetSequenceMap))],
        },
        _ => throw new InvalidOperationException($"No document represents {claimed.GetType().Name}."),
    };
}

/// <summary>A record that took the files of a set.</summary>
/// <param name="FormType">Its form type.</param>
/// <param name="Id">Its id within that type.</param>
/// <param name="Attachments">Its new files by name, as the record lists them.</param>
public sealed record ClaimedByRecordDocument(
    [property: JsonPropertyName("FormType")] string FormType,
    [property: JsonPropertyName("Id")] string Id,
    [property: JsonPropertyName("Attachments"), Schema(typeof(IReadOnlyList<RecordAttachmentResource>))] IReadOnlyList<RawJson> Attachments)
{
    internal static ClaimedByRecordDocument From(ClaimedByRecord claimed, HttpRequest request)
    {
        var urls = new RecordUrls(request);
        return new ClaimedByRecordDocument(
            claimed.Key.FormType,
            claimed.Key.RecordId,
            [.. claimed.Files.Select(file => RawJson.Create(writer => RecordResources.Write(writer, file, claimed.Key, urls)))]);
    }
}

/// <summary>A session that took the files of a set.</summary>
/// <param name="ProjectId">The session's project.</param>
/// <param name="Uuid">The session's uuid.</param>
/// <param name="Attachments">The points that hold the files, by name, as the session lists them.</param>
public sealed record ClaimedBySessionDocument(
    [property: JsonPropertyName("ProjectId")] long ProjectId,
    [property: JsonPropertyName("Uuid")] string Uuid,
    [property: JsonPropertyName("Attachments")] IReadOnlyList<SessionAttachmentDocument> Attachments)
{
    internal static ClaimedBySessionDocument From(ClaimedBySession claimed, HttpRequest request)
    {
        var urls = new SessionUrls(request, claimed.ProjectId, claimed.Uuid);
        return new ClaimedBySessionDocument(
            claimed.ProjectId, claimed.Uuid, [.. claimed.Attachments.Select(file => SessionAttachmentDocument.From(file, urls))]);
    }
}
