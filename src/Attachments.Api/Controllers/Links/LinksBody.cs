using System.Text.Json;
using Attachments.Api.Http.Documents;
using Attachments.Api.Http.Media;
using Attachments.Application.Errors;
using Attachments.Application.Links;
using Attachments.Application.Settings;
using Attachments.Application.Text;

namespace Attachments.Api.Controllers.Links;

/// <summary>
/// Reads the body that asks for links: one item, or several in <c>links</c>. An item with a member that is unknown is refused, since the
/// member may be meant to restrict the link.
/// </summary>
internal static class LinksBody
{
    private const string ValidationFailed = "validation_failed";

    /// <exception cref="InvalidRequestException">It is neither.</exception>
    /// <exception cref="UnsupportedMediaTypeException">The body is of another type.</exception>
    public static async Task<IReadOnlyList<LinkItem>> Read(
        HttpRequest request, LimitsOptions limits, LinksOptions options, CancellationToken cancellationToken)
    {
        if (MediaTypes.Parse(request.ContentType) != MediaTypes.Json)
        {
            throw MediaTypes.Unsupported("Links must be asked for as", MediaTypes.Json);
        }

        using var document = await JsonBody.Read(request, limits, cancellationToken);
        var addresses = new LinkAddresses(request, options.BaseUrl);
        return [.. Items(document.RootElement).Select(item => ReadItem(item, addresses))];
    }

    private static List<JsonElement> Items(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Object && body.TryGetProperty("url", out _))
        {
            return [body];
        }

        return body.ValueKind == JsonValueKind.Object
            && body.EnumerateObject().ToList() is [{ Name: "links", Value: { ValueKind: JsonValueKind.Array } items }]
            && items.GetArrayLength() is > 0 and <= CreateLinks.MaxItems
                ? [.. items.EnumerateArray()]
                : throw new InvalidRequestException(
                    "links_invalid", $"The body must be one item with a url, or an object with 1 to {CreateLinks.MaxItems} items in links and nothing else.");
    }

    private static LinkItem ReadItem(JsonElement element, LinkAddresses addresses)
    {
        try
        {
            return ReadMembers(element, addresses);
        }
        catch (InvalidRequestException fault)
        {
            return LinkItem.Faulty(fault);
        }
    }

    private static LinkItem ReadMembers(JsonElement element, LinkAddresses addresses)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Fault("An item must be an object.");
        }

        string? url = null;
        var item = new LinkItem(HttpMethods.Get, "", "", "");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var (name, value) = (JsonBody.Name(member), member.Value);
            if (!names.Add(name))
            {
                throw Fault($"The member {Quoted.Format(name)} is there more than once.");
            }

            if (name == "url" && value.ValueKind == JsonValueKind.String)
            {
                url = JsonBody.Text(value);
                continue;
            }

            item = (name, value.ValueKind) switch
            {
                (not "url", JsonValueKind.Null) when IsKnown(name) => item,
                ("method", JsonValueKind.String) => item with { Method = JsonBody.Text(value) },
                ("expires_in", JsonValueKind.Number) => item with { ExpiresIn = Integer(name, value) },
                ("disposition", JsonValueKind.String) => item with { Disposition = JsonBody.Text(value) },
                ("filename", JsonValueKind.String) => item with { FileName = JsonBody.Text(value) },
                ("pin", JsonValueKind.True or JsonValueKind.False) => item with { Pin = value.GetBoolean() },
                ("public", JsonValueKind.True or JsonValueKind.False) => item with { Public = value.GetBoolean() },
                ("revocable", JsonValueKind.True or JsonValueKind.False) => item with { Revocable = value.GetBoolean() },
                ("max_uses", JsonValueKind.Number) => item with { MaxUses = Integer(name, value) },
                ("max_bytes", JsonValueKind.Number) => item with { MaxBytes = Integer(name, value) },
                ("media_type", JsonValueKind.String) => item with { MediaType = JsonBody.Text(value) },
                ("create_only", JsonValueKind.True or JsonValueKind.False) => item with { CreateOnly = value.GetBoolean() },
                _ => throw Fault($"{Quoted.Format(name)} is unknown, or not of its type."),
            };
        }

        return addresses.Resolve(item, url ?? throw Fault("The url is missing."));
    }

    private static bool IsKnown(string name) => name is "method" or "expires_in" or "disposition" or "filename" or "pin" or "public"
        or "revocable" or "max_uses" or "max_bytes" or "media_type" or "create_only";

    private static long Integer(string name, JsonElement value) =>
        value.TryGetInt64(out var number) ? number : throw Fault($"{name} must be a whole number.");

    private static InvalidRequestException Fault(string detail) => new(ValidationFailed, detail);
}
