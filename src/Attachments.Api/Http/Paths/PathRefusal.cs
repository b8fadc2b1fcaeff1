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
