using System.Runtime.CompilerServices;
using System.Text.Json;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Media;
using Attachments.Api.Http.Uploads.Multipart;
using Attachments.Application.Errors;
using Attachments.Application.Sessions;
using Attachments.Application.Settings;
using Attachments.Application.Text;
using Attachments.Domain;
using Attachments.Domain.Sessions;
using FluentValidation;

namespace Attachments.Api.Controllers.Sessions;

/// <summary>
/// Reads the body that creates or changes a session, in any of its three types, as the same entries. Nothing is read before
/// the first of them is asked for.
/// </summary>
internal static class SessionBody
{
    private const string Uuid = "uuid";
    private const string UnitId = "unit_id";
    private const string Created = "created";
    private const string Saved = "saved";
    private const string NotUnixSeconds = "must be a whole number of Unix seconds";

    /// <exception cref="InvalidRequestException">The body is broken, has no session, or has an invalid value of a point.</exception>
    /// <exception cref="ValidationException">A field is not of its type.</exception>
    /// <exception cref="DomainException">The name of a point is invalid.</exception>
    /// <exception cref="TooLargeException">A limit is passed.</exception>
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type.</exception>
    public static async IAsyncEnumerable<SessionEntry> Read(
        HttpRequest request, LimitsOptions limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fields = new SentFields("session.", Uuid, UnitId, Created, Saved);
        var points = MediaTypes.Parse(request.ContentType) switch
        {
            MediaTypes.Json => ReadJson(request, limits, fields, cancellationToken),
            MediaTypes.UrlEncodedForm or MediaTypes.MultipartForm => ReadForm(request, limits, fields, cancellationToken),
            _ => throw MediaTypes.Unsupported(
                "A session is sent as", MediaTypes.Json, MediaTypes.UrlEncodedForm, MediaTypes.MultipartForm),
        };
        await foreach (var point in points)
        {
            yield return point;
        }

        yield return Values(fields);
    }

    /// <summary>Finds the points, and puts the texts of the other fields into <paramref name="fields"/>.</summary>
    private static async IAsyncEnumerable<SessionEntry> ReadForm(
        HttpRequest request, LimitsOptions limits, SentFields fields, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = false;
        var form = new MultipartForm(limits.MaxParts) { IsText = name => IsText(SessionFieldName.Parse(name), fields) };
        await foreach (var part in FormBody.Read(request, limits, form, cancellationToken))
        {
            var name = SessionFieldName.Parse(part.Name);
            switch (name.Kind, part)
            {
                case (SessionFieldKind.Nested, _):
                    throw InvalidPoint(name.Name);
                case (SessionFieldKind.Field, FieldPart { Text: var text }):
                    found = true;
                    fields.Set(name.Name, text);
                    break;
                case (SessionFieldKind.Point, FieldPart { Text: var text }):
                    found = true;
                    yield return Scalar(name.Name, text);
                    break;
                case (SessionFieldKind.RawData, FieldPart { Text: var text }):
                    found = true;
                    yield return RawData(name.Name, text);
                    break;
                case (SessionFieldKind.Point, FilePart file):
                    found = true;
                    yield return new FilePoint(Point.RequireName(name.Name), file.Open());
                    break;
            }
        }

        RequireSession(found);
    }

    private static bool IsText(SessionFieldName field, SentFields fields) =>
        field.Kind == SessionFieldKind.RawData || (field.Kind == SessionFieldKind.Field && fields.Knows(field.Name));

    /// <summary>As <see cref="ReadForm"/>.</summary>
    private static async IAsyncEnumerable<SessionEntry> ReadJson(
        HttpRequest request, LimitsOptions limits, SentFields fields, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var body = DocumentBody.Open(request, limits);
        using var json = new JsonTokenReader(body);
        await json.Read(cancellationToken);
        bool? found = null;
        if (json.Type == JsonTokenType.StartObject)
        {
            await foreach (var name in json.Members(cancellationToken).Where(name => name == "session"))
            {
                found = found is null ? json.Type == JsonTokenType.StartObject : throw DuplicateSession();
                await foreach (var point in ReadSession(json, fields, cancellationToken))
                {
                    yield return point;
                }
            }
        }

        // Only at its end is the body known to be valid JSON and to match its digest.
        while (await json.Read(cancellationToken))
        {
        }

        RequireSession(found is true);
    }

    private static async IAsyncEnumerable<SessionEntry> ReadSession(
        JsonTokenReader json, SentFields fields, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (json.Type != JsonTokenType.StartObject)
        {
            yield break;
        }

        await foreach (var name in json.Members(cancellationToken))
        {
            if (name == "data")
            {
                await foreach (var point in ReadPoints(json, cancellationToken))
                {
                    yield return point;
                }
            }
            else if (fields.Knows(name) && json.Type != JsonTokenType.Null)
            {
                fields.Set(name, FieldText(name, json));
            }
        }
    }

    private static string FieldText(string name, JsonTokenReader json) => json.Type switch
    {
        JsonTokenType.String => json.Text(),
        JsonTokenType.Number when name is Created or Saved => json.RawText(),
        _ => throw new InvalidRequestException("session_invalid", $"The session's {name} has the wrong JSON type."),
    };

    private static async IAsyncEnumerable<SessionEntry> ReadPoints(
        JsonTokenReader json, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (json.Type != JsonTokenType.StartObject)
        {
            throw new InvalidRequestException("session_invalid", "The session's data must be an object of points.");
        }

        await foreach (var name in json.Members(cancellationToken))
        {
            yield return json.Type switch
            {
                JsonTokenType.String => Scalar(name, json.Text()),
                JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Scalar(name, json.RawText()),
                JsonTokenType.StartObject => await ReadRawData(name, json, cancellationToken),
                _ => throw InvalidPoint(name),
            };
        }
    }

    private static async Task<ValuePoint> ReadRawData(string point, JsonTokenReader json, CancellationToken cancellationToken)
    {
        string? base64 = null;
        await foreach (var name in json.Members(cancellationToken))
        {
            base64 = base64 is null && name == "rawData" && json.Type == JsonTokenType.String ? json.Text() : throw InvalidPoint(point);
        }

        return base64 is null ? throw InvalidPoint(point) : RawData(point, base64);
    }

    private static ValuePoint Scalar(string point, string text) => new(Point.RequireName(point), new ScalarValue(text));

    private static ValuePoint RawData(string point, string base64)
    {
        Point.RequireName(point);
        var bytes = Base64Text.Decode(base64)
            ?? throw new InvalidRequestException("raw_data_invalid", $"The rawData of the point '{point}' is not base64.");
        return new ValuePoint(point, new RawDataValue(bytes));
    }

    private static SessionFields Values(SentFields fields)
    {
        var created = fields.Read(Created, DecimalInteger.Parse, NotUnixSeconds);
        var saved = fields.Read(Saved, DecimalInteger.Parse, NotUnixSeconds);
        fields.RequireValid();
        return new SessionFields(fields.Text(Uuid), fields.Text(UnitId), created, saved);
    }

    private static void RequireSession(bool found)
    {
        if (!found)
        {
            throw new InvalidRequestException("session_missing", "The request contains no 'session'.");
        }
    }

    private static InvalidRequestException DuplicateSession() => new("session_invalid", "The request contains more than one 'session'.");

    private static InvalidRequestException InvalidPoint(string point) =>
        new("point_invalid", $"The point {Quoted.Format(point)} holds neither a scalar nor {{\"rawData\": \"<base64>\"}}.");
}
