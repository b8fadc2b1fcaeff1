using System.Net;
using System.Text;
using System.Text.Unicode;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Authentication;

namespace Attachments.Api.Http.Paths;

/// <summary>
/// An invalid path. It is detected before routing, which must not see it, and answered after authentication, so that 401 comes first.
/// </summary>
/// <param name="Exception">The error.</param>
internal sealed record PathRefusal(InvalidRequestException Exception);

internal static class PathRefusals
{
    /// <summary>
    /// Must come directly after authorization: ends a request with an invalid path. Such a path may match no endpoint or an anonymous one,
    /// so the caller may not be authenticated yet.
    /// </summary>
    /// <exception cref="InvalidRequestException">The one of the <see cref="PathRefusal"/>.</exception>
    public static IApplicationBuilder UsePathRefusals(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Features.Get<PathRefusal>() is not { } refusal)
        {
            return next(context);
        }

        return context.User.Identity is { IsAuthenticated: true } ? throw refusal.Exception : context.ChallengeAsync();
    });
}

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
