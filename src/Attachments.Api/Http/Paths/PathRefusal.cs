using Attachments.Application.Errors;
using Microsoft.AspNetCore.Authentication;

namespace Attachments.Api.Http.Paths;

/// <summary>
/// A path that is refused whatever it would lead to. Found before routing, since routing must not look at it, and told behind
/// authentication, which comes before all that is wrong with a request.
/// </summary>
/// <param name="Exception">What is wrong with it.</param>
internal sealed record PathRefusal(InvalidRequestException Exception);

internal static class PathRefusals
{
    /// <summary>
    /// To stand right behind authorization: ends a request whose path is refused. Such a path may match no endpoint, or an open one, and
    /// then nobody has asked yet who is calling.
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
