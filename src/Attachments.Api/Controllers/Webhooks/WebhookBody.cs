using System.Text.Json;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Media;
using Attachments.Application.Errors;
using Attachments.Application.Pipeline;
using Attachments.Application.Settings;
using Attachments.Application.Text;
using Attachments.Application.Webhooks;

namespace Attachments.Api.Controllers.Webhooks;

/// <summary>
/// Reads the bodies of requests for webhooks. A member that is not known is refused, since it may be meant to restrict what is sent.
/// </summary>
internal static class WebhookBody
{
    /// <summary>What to make, or to change. Null clears <c>project</c> and <c>form_type</c>, and counts as not sent for the others.</summary>
    /// <exception cref="InvalidRequestException">It is broken, or a member is unknown or not of its type.</exception>
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type.</exception>
    public static async Task<WebhookFields> Read(HttpRequest request, LimitsOptions limits, CancellationToken cancellationToken)
    {
        var fields = new WebhookFields();
        await foreach (var (name, value) in Members(request, limits, cancellationToken))
        {
            fields = (name, value.ValueKind) switch
            {
                ("project", JsonValueKind.Null) => fields with { ProjectId = new NewValue<long?>(null) },
                ("form_type", JsonValueKind.Null) => fields with { FormType = new NewValue<string>(null) },
                ("url" or "types" or "description" or "state", JsonValueKind.Null) => fields,
                ("url", JsonValueKind.String) => fields with { Url = JsonBody.Text(value) },
                ("types", JsonValueKind.Array) => fields with { Types = Texts(value) },
                ("project", JsonValueKind.Number) => fields with { ProjectId = new NewValue<long?>(Integer(value)) },
                ("form_type", JsonValueKind.String) => fields with { FormType = new NewValue<string>(JsonBody.Text(value)) },
                ("description", JsonValueKind.String) => fields with { Description = JsonBody.Text(value) },
                ("state", JsonValueKind.String) => fields with { IsActive = IsActive(JsonBody.Text(value)) },
                _ => throw Unknown(name),
            };
        }

        return fields;
    }

    /// <summary>The cursor after which a replay begins.</summary>
    /// <exception cref="InvalidRequestException">It is broken, or is not <c>{"after":…}</c>.</exception>
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type.</exception>
    public static async Task<string?> ReadAfter(HttpRequest request, LimitsOptions limits, CancellationToken cancellationToken)
    {
        var (isThere, after) = (false, (string?)null);
        await foreach (var (name, value) in Members(request, limits, cancellationToken))
        {
            (isThere, after) = (name, value.ValueKind) switch
            {
                ("after", JsonValueKind.Null) => (true, null),
                ("after", JsonValueKind.String) => (true, JsonBody.Text(value)),
                _ => throw Unknown(name),
            };
        }

        return isThere ? after : throw Fault("after is missing: a cursor, or null for the oldest change that is kept.");
    }

    private static async IAsyncEnumerable<(string Name, JsonElement Value)> Members(
        HttpRequest request, LimitsOptions limits, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (MediaTypes.Parse(request.ContentType) != MediaTypes.Json)
        {
            throw MediaTypes.Unsupported("A webhook must be sent as", MediaTypes.Json);
        }

        using var document = await JsonBody.Read(request, limits, cancellationToken);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw Fault("The body must be an object.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            var name = JsonBody.Name(member);
            yield return names.Add(name)
                ? (name, member.Value)
                : throw Fault($"The member {Quoted.Format(name)} is there more than once.");
        }
    }

    private static List<string> Texts(JsonElement array) =>
    [
        .. array.EnumerateArray().Select(item =>
            item.ValueKind == JsonValueKind.String ? JsonBody.Text(item) : throw Fault("types must be a list of strings.")),
    ];

    private static long Integer(JsonElement value) => DecimalInteger.Parse(value.GetRawText()) ?? throw Fault("project must be a whole number.");

    private static bool IsActive(string state) => state switch
    {
        "active" => true,
        "disabled" => false,
        _ => throw Fault("state must be active or disabled."),
    };

    private static InvalidRequestException Unknown(string name) => Fault($"{Quoted.Format(name)} is unknown, or not of its type.");

    private static InvalidRequestException Fault(string detail) => new("webhook_invalid", detail);
}
