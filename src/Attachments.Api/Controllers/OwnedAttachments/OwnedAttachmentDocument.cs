using System.Globalization;
using System.Text.Json.Serialization;
using Attachments.Api.Docs;
using Attachments.Api.Http.Documents;
using Attachments.Application.OwnedAttachments;

namespace Attachments.Api.Controllers.OwnedAttachments;

/// <summary>An owned attachment.</summary>
/// <param name="Id">The id, which is never reused.</param>
/// <param name="FileName">Its name.</param>
/// <param name="Description">Its description; may be empty.</param>
/// <param name="DownloadUrl">The URL of its bytes, relative to the host. It changes with the name.</param>
/// <param name="S3ResourceDeleted">Whether the bytes are known to be gone; the metadata remains.</param>
/// <param name="CreatedAt">In UTC, such as `2020-07-22T05:08:21+0000`.</param>
/// <param name="UpdatedAt">In UTC, such as `2020-07-22T05:08:21+0000`.</param>
/// <param name="SequenceMapFor">The material that the file is a sequence map for, as it was sent, or `"None"`.</param>
/// <param name="OwnedByOrganisation">The organisation whose members may use it, or null.</param>
/// <param name="OwnedByUser">Its owner.</param>
public sealed record OwnedAttachmentDocument(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("filename")] string FileName,
    [property: JsonPropertyName("description")] string Description,
    [property: JsonPropertyName("download_url")] string DownloadUrl,
    [property: JsonPropertyName("s3_resource_deleted")] bool S3ResourceDeleted,
    [property: JsonPropertyName("created_at")] string CreatedAt,
    [property: JsonPropertyName("updated_at")] string UpdatedAt,
    [property: JsonPropertyName("sequence_map_for"), Schema(typeof(object))] RawJson SequenceMapFor,
    [property: JsonPropertyName("owned_by_org")] long? OwnedByOrganisation,
    [property: JsonPropertyName("owned_by_user")] Guid OwnedByUser)
{
    internal static OwnedAttachmentDocument From(OwnedAttachmentDto attachment, UnsetSequenceMap unset) => new(
        attachment.Id,
        attachment.FileName,
        attachment.Description,
        $"/v1/uploaded-file/attachment_{attachment.Id}/{Uri.EscapeDataString(attachment.FileName)}",
        attachment.ContentIsGone,
        Text(attachment.CreatedAt),
        Text(attachment.UpdatedAt),
        new RawJson(attachment.SequenceMap ?? (unset == UnsetSequenceMap.None ? "\"None\"" : "null")),
        attachment.OwnedByOrganisation,
        attachment.OwnedByUser);

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'+0000'", CultureInfo.InvariantCulture);
}
