using System.Text.Json.Serialization;

namespace Attachments.Api.Controllers.Sessions;

/// <summary>A session to create, or what changes in one.</summary>
/// <param name="Session">The session.</param>
public sealed record SessionInput([property: JsonPropertyName("session")] SessionFieldsInput Session);

/// <summary>What a client can say of a session. Null counts as not sent.</summary>
/// <param name="Uuid">Opaque, unique within the project; random by default.</param>
/// <param name="UnitId">The device that recorded it. A new session must have it.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Saved">Unix seconds.</param>
/// <param name="Data">The points by name: a string, a number, a boolean, or `{"rawData": "(base64)"}`.</param>
public sealed record SessionFieldsInput(
    [property: JsonPropertyName("uuid")] string? Uuid = null,
    [property: JsonPropertyName("unit_id")] string? UnitId = null,
    [property: JsonPropertyName("created")] long? Created = null,
    [property: JsonPropertyName("saved")] long? Saved = null,
    [property: JsonPropertyName("data"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, object>? Data = null);

/// <summary>A session as a form. Of the points these are examples: any name can stand in their place.</summary>
/// <param name="Uuid">Opaque, unique within the project; random by default.</param>
/// <param name="UnitId">The device that recorded it. A new session must have it.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Saved">Unix seconds.</param>
/// <param name="Site">The text of the point `site`.</param>
/// <param name="Sketch">The bytes of the point `sketch`, in base64.</param>
public record SessionForm(
    [property: JsonPropertyName("session[uuid]")] string? Uuid = null,
    [property: JsonPropertyName("session[unit_id]")] string? UnitId = null,
    [property: JsonPropertyName("session[created]")] long? Created = null,
    [property: JsonPropertyName("session[saved]")] long? Saved = null,
    [property: JsonPropertyName("session[data][site]")] string? Site = null,
    [property: JsonPropertyName("session[data][sketch][rawData]")] string? Sketch = null);

/// <summary>A session as a multipart form, whose points can be files.</summary>
/// <param name="Photo">The file of the point `photo`.</param>
public sealed record SessionFormWithFile(
    [property: JsonPropertyName("session[data][photo]"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Stream? Photo = null)
    : SessionForm;
