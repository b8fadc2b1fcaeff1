using System.Net;
using System.Text;
using System.Text.Unicode;
using Attachments.Application.Errors;

namespace Attachments.Api.Http.Paths;

internal static class QueryRefusals
{
    /// <summary>
    /// Must come after authorization: refuses a query that is not UTF-8 after percent-decoding. The framework would take each invalid
    /// sequence literally, and so one name for another.
    /// </summary>
    /// <exception cref="InvalidRequestException"><c>query_invalid</c></exception>
    public static IApplicationBuilder UseQueryRefusals(this IApplicationBuilder app) => app.Use((context, next) =>
        IsUtf8(context.Request.QueryString.Value)
            ? next(context)
            : throw new InvalidRequestException("query_invalid", "The query is not valid percent-encoded UTF-8."));

    /// <summary>A percent sign without two hexadecimal digits behind it stands for itself, as it does in a form.</summary>
    private static bool IsUtf8(string? query)
    {
        if (query is null || !query.Contains('%', StringComparison.Ordinal))
        {
            return true;
        }

        var encoded = Encoding.UTF8.GetBytes(query);
        return Utf8.IsValid(WebUtility.UrlDecodeToBytes(encoded, 0, encoded.Length));
    }
}
