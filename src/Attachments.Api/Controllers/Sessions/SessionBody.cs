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
            _ => throw MediaTypes.Unsupported(
                "A session is sent as", MediaTypes.Json, MediaTypes.UrlEncodedForm, MediaTypes.MultipartForm),
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
        var form = new MultipartForm(limits.MaxParts) { IsText = IsText };
        await foreach (var part in MultipartBody.Read(request, limits, form, cancellationToken))
        {
            var name = SessionFieldName.Parse(part.Name);
            var entry = part switch
            {
                FilePart file when name.Kind == SessionFieldKind.Point => new FilePoint(name.Name, file.Open()),
                FilePart when name.Kind == SessionFieldKind.Nested => throw NoPointValue(name.Name),
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

    private static bool IsText(string name) => SessionFieldName.Parse(name) switch
    {
        { Kind: SessionFieldKind.RawData } => true,
        { Kind: SessionFieldKind.Field } field => FieldNames.Contains(field.Name),
        _ => false,
    };

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
        await using var body = DocumentBody.Open(request, limits);
        using var json = new JsonTokens(body);
        await json.Read(cancellationToken);
        bool? found = null;
        if (json.Type == JsonTokenType.StartObject)
        {
            await foreach (var name in json.Members(cancellationToken).Where(name => name == "session"))
            {
                found = found is null ? json.Type == JsonTokenType.StartObject : throw Twice();
                await foreach (var entry in EntriesOf(json, cancellationToken))
                {
                    yield return entry;
                }
            }
        }

        // Only where it ends the body is known to be JSON, and to be what was meant to be sent.
        while (await json.Read(cancellationToken))
        {
        }

        RequireSession(found is true);
    }

    private static async IAsyncEnumerable<SessionEntry> EntriesOf(
        JsonTokens json, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (json.Type != JsonTokenType.StartObject)
        {
            yield break;
        }

        await foreach (var name in json.Members(cancellationToken))
        {
            if (name == "data")
            {
                await foreach (var point in PointsOf(json, cancellationToken))
                {
                    yield return point;
                }
            }
            else if (FieldNames.Contains(name) && json.Type != JsonTokenType.Null)
            {
                yield return new SessionField(name, FieldText(name, json));
            }
        }
    }

    private static string FieldText(string name, JsonTokens json) => json.Type switch
    {
        JsonTokenType.String => json.Text(),
        JsonTokenType.Number when name is "created" or "saved" => json.RawText(),
        _ => throw new InvalidRequestException("session_invalid", $"The session's {name} cannot have that JSON type."),
    };

    private static async IAsyncEnumerable<SessionEntry> PointsOf(
        JsonTokens json, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (json.Type != JsonTokenType.StartObject)
        {
            throw new InvalidRequestException("session_invalid", "The session's data must be an object of points.");
        }

        await foreach (var name in json.Members(cancellationToken))
        {
            yield return json.Type switch
            {
                JsonTokenType.String => new ScalarPoint(name, json.Text()),
                JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => new ScalarPoint(name, json.RawText()),
                JsonTokenType.StartObject => await RawDataOf(name, json, cancellationToken),
                _ => throw NoPointValue(name),
            };
        }
    }

    private static async Task<RawDataPoint> RawDataOf(string point, JsonTokens json, CancellationToken cancellationToken)
    {
        string? base64 = null;
        await foreach (var name in json.Members(cancellationToken))
        {
            base64 = base64 is null && name == "rawData" && json.Type == JsonTokenType.String ? json.Text() : throw NoPointValue(point);
        }

        return base64 is null ? throw NoPointValue(point) : new RawDataPoint(point, base64);
    }

    private static void RequireSession(bool found)
    {
        if (!found)
        {
            throw new InvalidRequestException("session_missing", "The request contains no 'session'.");
        }
    }

    private static InvalidRequestException Twice() => new("session_invalid", "The request contains more than one 'session'.");

    private static InvalidRequestException NoPointValue(string point) =>
        new("point_invalid", $"The point {Quoted.Of(point)} holds neither a scalar nor {{\"rawData\": \"<base64>\"}}.");
}
