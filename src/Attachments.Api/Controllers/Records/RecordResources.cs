using System.Text.Json;
using Attachments.Application.Records;
using Attachments.Domain.Records;

namespace Attachments.Api.Controllers.Records;

/// <summary>The resources of this family as they are sent (JSON:API 1.1, "Resource Objects").</summary>
internal static class RecordResources
{
    public const string RecordType = "record";
    private const string AttachmentType = "attachment";

    public static void Write(Utf8JsonWriter writer, RecordDto record, RecordUrls urls)
    {
        writer.WriteStartObject();
        writer.WriteString("type", RecordType);
        writer.WriteString("id", $"{record.FormType}/{record.RecordId}");
        writer.WritePropertyName("attributes");

        // As it was stored, which was checked: read and written again, it would only take time.
        writer.WriteRawValue(record.Attributes.Json, skipInputValidation: true);
        writer.WriteStartObject("links");
        writer.WriteString("self", urls.Record(record.FormType, record.RecordId));
        writer.WriteString("attachments", urls.Attachments(record.FormType, record.RecordId));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, RecordFileDto file, RecordKey key, RecordUrls urls)
    {
        writer.WriteStartObject();
        writer.WriteString("type", AttachmentType);
        writer.WriteString("id", $"{key}/attachments/{FilePlace.Format(file.Folder, file.Name)}");
        writer.WriteStartObject("attributes");
        writer.WriteString("mimetype", file.MediaType);
        writer.WriteNumber("size", file.Length);
        writer.WriteEndObject();
        writer.WriteStartObject("links");
        writer.WriteString("content", urls.Content(key, file));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
