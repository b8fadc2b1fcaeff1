using System.Text.Json;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Media;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Application.TemporarySets.Claims;
using Attachments.Application.Text;
using Attachments.Domain;
using Attachments.Domain.Records;
using Attachments.Domain.Sessions;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>
/// Reads the body that names the new owner of a set's files: an object of exactly one member, which is the target. A member that it
/// does not know is refused, since files could end up elsewhere than they were meant to.
/// </summary>
internal static class ClaimBody
{
    private const string Invalid = "claim_invalid";

    /// <exception cref="InvalidRequestException">It is broken, or names no target, or several.</exception>
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type.</exception>
    /// <exception cref="DomainException">A name in it is invalid.</exception>
    public static async Task<ClaimTarget> Read(HttpRequest request, LimitsOptions limits, CancellationToken cancellationToken)
    {
        if (MediaTypes.Parse(request.ContentType) != MediaTypes.Json)
        {
            throw MediaTypes.Unsupported("A claim must be sent as", MediaTypes.Json);
        }

        using var document = await JsonBody.Read(request, limits, cancellationToken);
        if (Members(document.RootElement, "The body").FindAll(IsSet) is not [var (kind, target)])
        {
            throw Fault("A claim must name exactly one target: Record, Session or Owned.");
        }

        return kind switch
        {
            "Session" => Session(Members(target, kind)),
            "Record" => Record(Members(target, kind)),
            "Owned" => Owned(Members(target, kind)),
            _ => throw Fault($"There is no target {Quoted.Format(kind)}: the targets are Record, Session and Owned."),
        };
    }

    private static SessionTarget Session(List<(string Name, JsonElement Value)> members)
    {
        long? projectId = null;
        string? uuid = null;
        var points = new Dictionary<Guid, string>();
        foreach (var (name, value) in members)
        {
            switch (name)
            {
                case "ProjectId" when value.ValueKind == JsonValueKind.Number:
                    projectId = DecimalInteger.Parse(value.GetRawText()) ?? throw Fault("The session's ProjectId is not an integer.");
                    break;
                case "Uuid":
                    uuid = Domain.Sessions.Session.RequireUuid(Text(value, "The session's Uuid"));
                    break;
                case "Points" when value.ValueKind != JsonValueKind.Null:
                    points = Points(Members(value, name));
                    break;
                case "Points":
                    break;
                default:
                    throw Fault($"{Quoted.Format(name)} is unknown or of the wrong type: a session has ProjectId, Uuid and Points.");
            }
        }

        return new SessionTarget(
            projectId ?? throw Fault("The session's ProjectId is missing."), uuid ?? throw Fault("The session's Uuid is missing."), points);
    }

    private static RecordTarget Record(List<(string Name, JsonElement Value)> members)
    {
        string? formType = null;
        string? id = null;
        string? folder = null;
        foreach (var (name, value) in members)
        {
            switch (name)
            {
                case "FormType":
                    formType = Text(value, "The record's FormType");
                    break;
                case "Id":
                    id = Text(value, "The record's Id");
                    break;
                case "Folder":
                    folder = value.ValueKind == JsonValueKind.Null ? null : FilePlace.RequireFolder(Text(value, "The record's Folder"));
                    break;
                default:
                    throw Fault($"A record has no {Quoted.Format(name)}: it has FormType, Id and Folder.");
            }
        }

        return new RecordTarget(
            RecordKey.Create(
                formType ?? throw Fault("The record's FormType is missing."), id ?? throw Fault("The record's Id is missing.")),
            folder);
    }

    private static OwnedTarget Owned(List<(string Name, JsonElement Value)> members)
    {
        long? organisation = null;
        foreach (var (name, value) in members)
        {
            organisation = name switch
            {
                "OwnedByOrg" when value.ValueKind == JsonValueKind.Null => null,
                "OwnedByOrg" when value.ValueKind == JsonValueKind.Number =>
                    DecimalInteger.Parse(value.GetRawText()) ?? throw Fault("OwnedByOrg is not an integer."),
                _ => throw Fault($"{Quoted.Format(name)} is unknown or of the wrong type: an owned attachment has OwnedByOrg."),
            };
        }

        return new OwnedTarget(organisation);
    }

    private static Dictionary<Guid, string> Points(List<(string Name, JsonElement Value)> members)
    {
        var points = new Dictionary<Guid, string>();
        foreach (var (name, value) in members)
        {
            var item = UuidText.Parse(name) ?? throw Fault($"{Quoted.Format(name)} is not the id of an attachment.");
            if (!points.TryAdd(item, Point.RequireName(Text(value, "The name of a point"))))
            {
                throw Fault($"The attachment '{item}' is assigned to more than one point.");
            }
        }

        return points;
    }

    /// <summary>A text that the database can be asked for, which is any without U+0000.</summary>
    private static string Text(JsonElement value, string what)
    {
        var text = value.ValueKind == JsonValueKind.String ? JsonBody.Text(value) : throw Fault($"{what} is not a string.");
        return text.Contains('\0', StringComparison.Ordinal) ? throw Fault($"{what} contains the character U+0000.") : text;
    }

    /// <summary>Serializers write null for what is not set. An unknown name is refused all the same.</summary>
    private static bool IsSet((string Name, JsonElement Value) target) =>
        target.Value.ValueKind != JsonValueKind.Null || target.Name is not ("Record" or "Session" or "Owned");

    private static List<(string Name, JsonElement Value)> Members(JsonElement element, string what)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Fault($"{what} must be an object.");
        }

        var members = element.EnumerateObject().Select(member => (Name: JsonBody.Name(member), member.Value)).ToList();
        var names = new HashSet<string>(StringComparer.Ordinal);
        return members.Find(member => !names.Add(member.Name)) is { Name: { } repeated }
            ? throw Fault($"{what} has the member {Quoted.Format(repeated)} more than once.")
            : members;
    }

    private static InvalidRequestException Fault(string detail) => new(Invalid, detail);
}
