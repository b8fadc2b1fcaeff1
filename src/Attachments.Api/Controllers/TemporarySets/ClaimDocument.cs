using System.Text.Json.Serialization;
using Attachments.Api.Controllers.Sessions;
using Attachments.Application.TemporarySets.Claims;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>What was made of the files of a set: one member, named as the target was in the claim.</summary>
/// <param name="Session">The session, and the points that hold the files now.</param>
public sealed record ClaimDocument([property: JsonPropertyName("Session")] ClaimedBySessionDocument Session)
{
    internal static ClaimDocument Of(Claimed claimed, HttpRequest request) => claimed switch
    {
        ClaimedBySession session => new ClaimDocument(ClaimedBySessionDocument.Of(session, request)),
        _ => throw new InvalidOperationException($"There is no document of {claimed.GetType().Name}."),
    };
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
    internal static ClaimedBySessionDocument Of(ClaimedBySession claimed, HttpRequest request)
    {
        var urls = new AttachmentUrls(request, claimed.ProjectId, claimed.Uuid);
        return new ClaimedBySessionDocument(
            claimed.ProjectId, claimed.Uuid, [.. claimed.Attachments.Select(file => SessionAttachmentDocument.Of(file, urls))]);
    }
}
