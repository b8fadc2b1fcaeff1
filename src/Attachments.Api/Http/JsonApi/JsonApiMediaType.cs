using Attachments.Api.Http.Errors;
using Attachments.Api.Http.Fields;
using Attachments.Api.Http.Media;
using Attachments.Application.Errors;

namespace Attachments.Api.Http.JsonApi;

/// <summary>
/// The media type of JSON:API and its negotiation (JSON:API 1.1, "Content Negotiation"). No extension is supported; profiles are
/// ignored, as a server may that does not know them.
/// </summary>
internal static class JsonApiMediaType
{
    public const string Name = "application/vnd.api+json";

    /// <summary>The media types of a request document.</summary>
    private static readonly string[] Documents = [Name, MediaTypes.Json];

    /// <summary>
    /// Refuses an Accept header that lists JSON:API only with unsupported parameters or extensions. Other media types in it are ignored.
    /// </summary>
    /// <exception cref="NotAcceptableException">Each instance of the media type in <paramref name="accept"/> is modified so.</exception>
    public static void RequireAcceptable(string? accept)
    {
        var instances = ListElements(accept ?? "").Where(IsJsonApi).ToList();
        if (instances.Count > 0 && instances.All(instance => IsModified(instance, weighted: true)))
        {
            throw new NotAcceptableException(
                "not_acceptable", $"The response is {Name} without extensions; Accept may have no parameter except profile.");
        }
    }

    /// <summary>Refuses content of JSON:API's media type with parameters or extensions that are not known.</summary>
    /// <exception cref="UnsupportedMediaTypeException"><c>media_type_unsupported</c></exception>
    public static void RequireUnmodified(string? contentType)
    {
        if (contentType is not null && IsJsonApi(contentType) && IsModified(contentType, weighted: false))
        {
            throw MediaTypes.Unsupported("Without extensions and parameters except profile, a body must be sent as", Documents);
        }
    }

    /// <summary>Refuses content that is neither of JSON:API's media type nor JSON.</summary>
    /// <exception cref="UnsupportedMediaTypeException"><c>media_type_unsupported</c></exception>
    public static void RequireDocument(string? contentType)
    {
        if (MediaTypes.Parse(contentType) is not (Name or MediaTypes.Json))
        {
            throw MediaTypes.Unsupported("A record must be sent as", Documents);
        }
    }

    private static bool IsJsonApi(string element) => MediaTypes.Parse(element) == Name;

    /// <param name="element">A media type with its parameters.</param>
    /// <param name="weighted">In Accept, q is a weight and no parameter of the media type (RFC 9110, section 12.5.1).</param>
    private static bool IsModified(string element, bool weighted) =>
        HeaderParameters.Parse(element) is not { } header || header.Parameters.Any(parameter => parameter.Name.ToLowerInvariant() switch
        {
            "ext" => parameter.Value.Trim().Length > 0,
            "profile" => false,
            "q" => !weighted,
            _ => true,
        });

    /// <summary>The elements of a list (RFC 9110, section 5.6.1), whose commas may be quoted.</summary>
    private static IEnumerable<string> ListElements(string list)
    {
        var start = 0;
        var quoted = false;
        for (var i = 0; i < list.Length; i++)
        {
            switch (list[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    yield return list[start..i];
                    start = i + 1;
                    break;
            }
        }

        yield return list[start..];
    }
}
