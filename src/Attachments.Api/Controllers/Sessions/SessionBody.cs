using System.Runtime.CompilerServices;
using System.Text.Json;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Application.Errors;
using Attachments.Application.Sessions;
using Attachments.Application.Settings;
using Attachments.Application.Text;

namespace Attachments.Api.Controllers.Sessions;

/// <summary>
/// Reads the body that creates or changes a session, in any of its three types, as the same entries. Nothing is read before
/// the first of them is asked for.
/// </summary>
internal static class SessionBody
{
    private static readonly string[] FieldNames = ["uuid", "unit_id", "created", "saved"];

    /// <exception cref="InvalidRequestException">The body is broken, lacks the session, or a point's value is none.</exception>
    /// <exception cref="TooLargeException">A limit is passed.</exception>
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type.</exception>
    public static async IAsyncEnumerable<SessionEntry> Read(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var entries = MediaTypes.Of(request.ContentType) switch
        {
            MediaTypes.Json => ReadJson(request, limits, cancellationToken),
            MediaTypes.UrlEncodedForm => ReadForm(request, limits, cancellationToken),
            MediaTypes.MultipartForm => ReadMultipart(request, limits, cancellationToken),
            _ => throw new UnsupportedMediaTypeException(
                "media_type_unsupported",
                $"A session must be sent as {MediaTypes.Json}, {MediaTypes.UrlEncodedForm} or {MediaTypes.MultipartForm}."),
        };
        await foreach (var entry in entries)
        {
            yield return entry;
        }
    }

    private static async IAsyncEnumerable<SessionEntry> ReadForm(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = false;
        await foreach (var (key, value) in UrlEncodedBody.Read(request, limits, cancellationToken))
        {
            if (EntryOf(SessionFieldName.Parse(key), value) is { } entry)
            {
                found = true;
                yield return entry;
            }
        }

        RequireSession(found);
    }

    private static async IAsyncEnumerable<SessionEntry> ReadMultipart(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = false;
        await foreach (var part in MultipartBody.Read(request, limits, cancellationToken))
        {
            var name = SessionFieldName.Parse(part.Name);
            var entry = part switch
            {
                FilePart file when name.Kind == SessionFieldKind.Point => new FilePoint(name.Name, file.Open()),
                FilePart when name.Kind is SessionFieldKind.RawData or SessionFieldKind.Nested => throw NoPointValue(name.Name),
                FieldPart field => EntryOf(name, field.Text),
                _ => null,
            };
            if (entry is not null)
            {
                found = true;
                yield return entry;
            }
        }

        RequireSession(found);
    }

    private static SessionEntry? EntryOf(SessionFieldName name, string text) => name.Kind switch
    {
        SessionFieldKind.Field => new SessionField(name.Name, text),
        SessionFieldKind.Point => new ScalarPoint(name.Name, text),
        SessionFieldKind.RawData => new RawDataPoint(name.Name, text),
        SessionFieldKind.Nested => throw NoPointValue(name.Name),
        _ => null,
    };

    private static async IAsyncEnumerable<SessionEntry> ReadJson(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var document = await JsonBody.Read(request, limits, cancellationToken);
        var session = SessionOf(document.RootElement);
        foreach (var property in session.EnumerateObject())
        {
            var name = JsonBody.Name(property);
            if (name == "data")
            {
                foreach (var point in PointsOf(property.Value))
                {
                    yield return point;
                }
            }
            else if (FieldNames.Contains(name) && property.Value.ValueKind != JsonValueKind.Null)
            {
                yield return new SessionField(name, FieldText(name, property.Value));
            }
        }
    }

    private static JsonElement SessionOf(JsonElement root)
    {
        var session = root.ValueKind == JsonValueKind.Object
            ? root.EnumerateObject().LastOrDefault(property => JsonBody.Name(property) == "session").Value
            : default;
        RequireSession(session.ValueKind == JsonValueKind.Object);
        return session;
    }

    private static string FieldText(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => JsonBody.Text(value),
        JsonValueKind.Number when name is "created" or "saved" => value.GetRawText(),
        _ => throw new InvalidRequestException("session_invalid", $"The session's {name} must be a scalar, not a JSON {value.ValueKind}."),
    };

    private static IEnumerable<SessionEntry> PointsOf(JsonElement data) => data.ValueKind == JsonValueKind.Object
        ? data.EnumerateObject().Select(point => PointOf(JsonBody.Name(point), point.Value))
        : throw new InvalidRequestException("session_invalid", "The session's data must be an object of points.");

    private static SessionEntry PointOf(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new ScalarPoint(name, JsonBody.Text(value)),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => new ScalarPoint(name, value.GetRawText()),
        JsonValueKind.Object when value.EnumerateObject().ToList() is [{ Value.ValueKind: JsonValueKind.String } only]
            && JsonBody.Name(only) == "rawData" => new RawDataPoint(name, JsonBody.Text(only.Value)),
        _ => throw NoPointValue(name),
    };

    private static void RequireSession(bool found)
    {
        if (!found)
        {
            throw new InvalidRequestException("session_missing", "The request contains no 'session'.");
        }
    }

    private static InvalidRequestException NoPointValue(string point) =>
        new("point_invalid", $"The point {Quoted.Of(point)} holds neither a scalar nor {{\"rawData\": \"<base64>\"}}.");
}
