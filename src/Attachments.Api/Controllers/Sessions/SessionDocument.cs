using System.Text.Json.Serialization;
using Attachments.Application.Sessions;

namespace Attachments.Api.Controllers.Sessions;

/// <summary>A successful response.</summary>
/// <param name="Status">Always `success`.</param>
/// <param name="Result">The result.</param>
public sealed record Success<T>(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("result")] T Result)
    where T : notnull;

internal static class Success
{
    public const string Status = "success";

    public static Success<T> Create<T>(T result)
        where T : notnull => new(Status, result);
}

/// <summary>A session with all its points, which <see cref="SessionResult"/> writes.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Uuid">Opaque, unique within the project.</param>
/// <param name="UnitId">The device that recorded it.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Saved">Unix seconds.</param>
/// <param name="Data">The points by name: a scalar as a string, embedded bytes as `{"rawData"}`, a file as `{"filename",…}`.</param>
public sealed record SessionDocument(
    [property: JsonPropertyName("project_id")] long ProjectId,
    [property: JsonPropertyName("uuid")] string Uuid,
    [property: JsonPropertyName("unit_id")] string UnitId,
    [property: JsonPropertyName("created")] long Created,
    [property: JsonPropertyName("saved")] long Saved,
    [property: JsonPropertyName("data")] IReadOnlyDictionary<string, object> Data);

/// <summary>A point that holds a file.</summary>
/// <param name="Id">The point's name.</param>
/// <param name="FileName">Its name.</param>
/// <param name="ContentType">As declared by the upload.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Md5">In lower-case hex.</param>
/// <param name="Url">The URL of its bytes.</param>
public sealed record SessionAttachmentDocument(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("filename")] string FileName,
    [property: JsonPropertyName("content_type")] string ContentType,
    [property: JsonPropertyName("length")] long Length,
    [property: JsonPropertyName("md5")] string Md5,
    [property: JsonPropertyName("url")] string Url)
{
    internal static SessionAttachmentDocument From(SessionAttachmentDto file, SessionUrls urls) =>
        new(file.Point, file.FileName, file.MediaType, file.Length, Convert.ToHexStringLower(file.Md5), urls.Attachment(file.Point));
}

/// <summary>The stored file of an upload.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="Md5">In lower-case hex.</param>
public sealed record AttachedFileDocument(
    [property: JsonPropertyName("length")] long Length,
    [property: JsonPropertyName("md5")] string Md5);

/// <summary>A session without its points.</summary>
/// <param name="ProjectId">The project.</param>
/// <param name="Uuid">Opaque, unique within the project.</param>
/// <param name="UnitId">The device that recorded it.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Saved">Unix seconds.</param>
public sealed record SessionSummaryDocument(
    [property: JsonPropertyName("project_id")] long ProjectId,
    [property: JsonPropertyName("uuid")] string Uuid,
    [property: JsonPropertyName("unit_id")] string UnitId,
    [property: JsonPropertyName("created")] long Created,
    [property: JsonPropertyName("saved")] long Saved)
{
    internal static SessionSummaryDocument From(SessionSummaryDto session) =>
        new(session.ProjectId, session.Uuid, session.UnitId, session.Created, session.Saved);
}

/// <summary>A page of sessions.</summary>
/// <param name="Status">Always `success`.</param>
/// <param name="Result">Newest first.</param>
/// <param name="Next">The cursor of the next page; omitted on the last page.</param>
public sealed record SessionList(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("result")] IReadOnlyList<SessionSummaryDocument> Result,
    [property: JsonPropertyName("next"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next);
