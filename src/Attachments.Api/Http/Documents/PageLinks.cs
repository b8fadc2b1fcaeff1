using System.Globalization;

namespace Attachments.Api.Http.Documents;

/// <summary>The pages of a list that is asked for by <c>limit</c> and <c>offset</c>, as links (RFC 8288).</summary>
internal static class PageLinks
{
    private const string Limit = "limit";
    private const string Offset = "offset";

    /// <summary>
    /// The value of Link: <c>first</c> and <c>last</c>, and <c>prev</c> and <c>next</c> where there are such pages. Each is the request's
    /// own target, relative to its host, with another offset.
    /// </summary>
    /// <param name="request">The request for a page.</param>
    /// <param name="limit">Of the page; 1 or more.</param>
    /// <param name="offset">Of the page; 0 or more.</param>
    /// <param name="total">How many there are on all pages.</param>
    public static string Create(HttpRequest request, int limit, int offset, int total)
    {
        var last = total == 0 ? 0 : (total - 1) / limit * limit;
        var links = new List<string> { Link(request, limit, 0, "first") };
        if (offset > 0)
        {
            links.Add(Link(request, limit, Math.Clamp(offset - limit, 0, last), "prev"));
        }

        if (offset < total - limit)
        {
            links.Add(Link(request, limit, offset + limit, "next"));
        }

        links.Add(Link(request, limit, last, "last"));
        return string.Join(", ", links);
    }

    private static string Link(HttpRequest request, int limit, int offset, string relation)
    {
        var query = QueryString.Create(request.Query.Where(field => !IsPaging(field.Key)))
            .Add(Limit, limit.ToString(CultureInfo.InvariantCulture))
            .Add(Offset, offset.ToString(CultureInfo.InvariantCulture));
        return $"<{request.PathBase}{request.Path}{query}>; rel=\"{relation}\"";
    }

    private static bool IsPaging(string field) =>
        field.Equals(Limit, StringComparison.OrdinalIgnoreCase) || field.Equals(Offset, StringComparison.OrdinalIgnoreCase);
}
