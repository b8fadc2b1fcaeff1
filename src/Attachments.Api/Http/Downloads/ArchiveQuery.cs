using Attachments.Application.Archives;
using Attachments.Application.Errors;

namespace Attachments.Api.Http.Downloads;

/// <summary>The query of a request for an archive.</summary>
internal static class ArchiveQuery
{
    private const string Unavailable = "unavailable";
    private const string Skip = "skip";

    /// <summary>A HEAD is answered without reading any content.</summary>
    /// <exception cref="InvalidRequestException"><c>query_invalid</c>: an option means nothing here, or has an unknown value.</exception>
    public static ArchiveChoice Parse(HttpRequest request)
    {
        foreach (var option in new[] { "disposition", "preview" })
        {
            if (request.Query.ContainsKey(option))
            {
                throw new InvalidRequestException("query_invalid", $"An archive has no {option}.");
            }
        }

        var skip = request.Query[Unavailable] switch
        {
            [] => false,
            [Skip] => true,
            _ => throw new InvalidRequestException("query_invalid", $"{Unavailable} can only be {Skip}."),
        };
        return new ArchiveChoice(skip, MayReadContent: HttpMethods.IsGet(request.Method));
    }
}
