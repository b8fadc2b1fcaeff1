using System.Text.Json;
using Attachments.Api.Http.Documents;
using Attachments.Application.Errors;
using Attachments.Application.Settings;

namespace Attachments.Api.Http.JsonApi;

/// <summary>
/// A request's document with one resource as its primary data (JSON:API 1.1, "Creating Resources" and "Updating Resources"). Members that
/// are not known are ignored, as JSON:API says.
/// </summary>
/// <param name="Id">Null: it has none, or null.</param>
/// <param name="Attributes">Undefined: it has none, or null.</param>
internal sealed record JsonApiDocument(string? Id, JsonElement Attributes)
{
    /// <summary>The code of a document that is not one of JSON:API. Its faulty parts are named by JSON pointers.</summary>
    public const string InvalidCode = "document_invalid";

    /// <summary>Reads the body to its end.</summary>
    /// <param name="request">The request; its media type must be one that <see cref="JsonApiMediaType.RequireDocument"/> accepts.</param>
    /// <param name="type">The required type of the resource.</param>
    /// <param name="limits">See <see cref="DocumentBody.Read"/>.</param>
    /// <param name="read">Converts the document, before its memory is returned.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <exception cref="UnsupportedMediaTypeException"><c>media_type_unsupported</c></exception>
    /// <exception cref="InvalidRequestException"><c>document_invalid</c>, naming what is wrong; <c>json_invalid</c>.</exception>
    /// <exception cref="ConflictException"><c>type_conflict</c>: the resource is of another type.</exception>
    public static async Task<T> Read<T>(
        HttpRequest request, string type, LimitsOptions limits, Func<JsonApiDocument, T> read, CancellationToken cancellationToken)
    {
        JsonApiMediaType.RequireDocument(request.ContentType);
        using var document = await JsonBody.Read(request, limits, cancellationToken);
        var data = Member(Object(document.RootElement, ""), "data")
            ?? throw Invalid("", "has no member 'data'");
        var resource = Object(data, "/data");
        var found = Text(Member(resource, "type") ?? throw Invalid("/data", "has no member 'type'"), "/data/type");
        if (found != type)
        {
            throw new ConflictException("type_conflict", $"The resource must have the type '{type}'.");
        }

        var id = OptionalMember(resource, "id") is { } sent ? Text(sent, "/data/id") : null;
        return read(new JsonApiDocument(id, OptionalMember(resource, "attributes") ?? default));
    }

    /// <summary>The error for an invalid part of a document.</summary>
    /// <param name="pointer">The part, as a JSON pointer.</param>
    /// <param name="fault">The rest of the sentence that begins with its name.</param>
    public static InvalidRequestException Invalid(string pointer, string fault) => new(
        InvalidCode, "The document is not a valid JSON:API document.", new Dictionary<string, string[]> { [pointer] = [fault] });

    private static JsonElement Object(JsonElement value, string pointer) =>
        value.ValueKind == JsonValueKind.Object ? value : throw Invalid(pointer, "must be an object");

    private static string Text(JsonElement value, string pointer) =>
        value.ValueKind == JsonValueKind.String ? JsonBody.Text(value) : throw Invalid(pointer, "must be a string");

    /// <summary>A member that may be missing, and which serializers write as null where it is not set.</summary>
    private static JsonElement? OptionalMember(JsonElement value, string name) =>
        Member(value, name) is { ValueKind: not JsonValueKind.Null } found ? found : null;

    // Of several members of one name the last stands.
    private static JsonElement? Member(JsonElement value, string name)
    {
        var members = value.EnumerateObject().Where(member => JsonBody.Name(member) == name).ToList();
        return members.Count == 0 ? null : members[^1].Value;
    }
}
