using Attachments.Api.Http.Errors;
using Microsoft.Net.Http.Headers;

namespace Attachments.Api.Links;

/// <summary>What a person sees whose browser has followed a link that does not work: a page without script, instead of problem details.</summary>
internal sealed class LinkPage : IProblemFormat
{
    private const string Html = "text/html";

    public string MediaType => $"{Html}; charset=utf-8";

    public bool AppliesTo(HttpContext context, Problem problem) =>
        problem.Status is 403 or 404 or 410 && LinkHandler.Decides(context.Request) && Prefers(context.Request.GetTypedHeaders().Accept);

    public object Body(Problem problem, string traceId)
    {
        var (title, text) = problem.Status switch
        {
            404 => ("Not found", "The file that this link leads to does not exist any more."),
            410 when problem.Code == "content_replaced" => ("Replaced", "The file that this link was made for has been replaced."),
            410 => ("No longer available", "This link has ended, or the file that it leads to is gone."),
            _ => ("Not valid", "This link is not valid."),
        };
        return $"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>{title}</title>
            <h1>{title}</h1>
            <p>{text} Ask the person who sent it to you for a new one.</p>
            </html>

            """;
    }

    public void SetHeaders(IHeaderDictionary headers)
    {
        headers.Vary = HeaderNames.Accept;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
    }

    /// <summary>HTML is named (RFC 9110, section 12.5.1), and wanted more than problem details.</summary>
    private static bool Prefers(IList<MediaTypeHeaderValue> accept) =>
        Quality(accept, Html, namedOnly: true) is > 0 and var html && html > Quality(accept, ProblemBody.MediaType, namedOnly: false);

    /// <summary>That of the most specific range which includes the type; 0 for none.</summary>
    private static double Quality(IList<MediaTypeHeaderValue> accept, string mediaType, bool namedOnly)
    {
        var type = new MediaTypeHeaderValue(mediaType);
        return accept
            .Where(range => !range.Parameters.Any(parameter => parameter.Name != "q") && type.IsSubsetOf(range) && !(namedOnly && range.MatchesAllTypes))
            .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault();
    }
}
