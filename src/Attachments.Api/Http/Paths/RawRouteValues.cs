using Attachments.Application.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Attachments.Api.Http.Paths;

/// <summary>Gives routing, and then the matched endpoint, the segments of the <see cref="RawPath"/>.</summary>
internal static class RawRouteValues
{
    /// <summary>
    /// Sets the request's path to the segments as they were sent. Must be placed before <c>UseRouting</c> and everything else that reads
    /// the path. A target that <see cref="RawPath.Parse"/> refuses becomes a <see cref="PathRefusal"/>.
    /// </summary>
    public static IApplicationBuilder UseRawPath(this IApplicationBuilder app) =>
        app.Use((context, next) =>
        {
            try
            {
                if (RawPath.Parse(GetTarget(context)) is { } path)
                {
                    context.Features.Set(path);
                    context.Request.Path = new PathString(path.ForRouting);
                }
            }
            catch (InvalidRequestException refused)
            {
                context.Features.Set(new PathRefusal(refused));
            }

            return next(context);
        });

    /// <summary>
    /// To be placed right after <c>UseRouting</c>: replaces the values of the matched route's parameters by the decoded segments that
    /// they stand for. A parameter has to have its segment alone or between literals (<c>{id}</c>, <c>file_{id}.txt</c>); an endpoint
    /// with any other is an <see cref="InvalidOperationException"/> when the application starts.
    /// </summary>
    public static IApplicationBuilder UseRawRouteValues(this IApplicationBuilder app) => app.UseMiddleware<Middleware>();

    /// <summary>
    /// The request target. A server that knows none (the test server) has decoded the path, but left what routing would take for a slash.
    /// </summary>
    public static string GetTarget(HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget is { Length: > 0 } target
            ? target
            : context.Request.Path.ToUriComponent();

    private sealed class Middleware
    {
        private readonly RequestDelegate next;

        // Constructed when the pipeline is built, which is when the application starts and all endpoints are known.
        public Middleware(RequestDelegate next, EndpointDataSource endpoints)
        {
            this.next = next;
            foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
            {
                RequireSupported(endpoint.RoutePattern);
            }
        }

        public Task InvokeAsync(HttpContext context)
        {
            // Another path than the one set before routing (an error page, say) has no raw segments.
            if (context.GetEndpoint() is RouteEndpoint endpoint
                && context.Features.Get<RawPath>() is { IsPlain: false } path
                && context.Request.Path is { HasValue: true, Value: { } routed }
                && path.ForRouting.EndsWith(routed, StringComparison.Ordinal))
            {
                // A path base, at the start, has been taken off before routing.
                var segments = path.Segments.TakeLast(routed.Count(character => character == '/'));
                Replace(context.Request.RouteValues, endpoint.RoutePattern.PathSegments.Zip(segments));
            }

            return next(context);
        }

        private static void Replace(
            RouteValueDictionary values, IEnumerable<(RoutePatternPathSegment Pattern, string Sent)> segments)
        {
            foreach (var (pattern, sent) in segments)
            {
                // Empty after a trailing slash, where an optional parameter may be left out.
                if (GetParameters(pattern).SingleOrDefault() is { } parameter && sent.Length > 0)
                {
                    var before = pattern.Parts.TakeWhile(part => !part.IsParameter).Sum(GetLength);
                    var after = pattern.Parts.Sum(GetLength) - before;
                    values[parameter.Name] = sent[before..^after];
                }
            }
        }

        private static void RequireSupported(RoutePattern pattern)
        {
            foreach (var segment in pattern.PathSegments)
            {
                if (GetParameters(segment).Count() > 1 || GetParameters(segment).Any(parameter => parameter.IsCatchAll))
                {
                    throw new InvalidOperationException(
                        $"The route '{pattern.RawText}' has a segment with a catch-all or more than one parameter, "
                        + "which cannot be read from the path as it was sent.");
                }
            }
        }

        private static IEnumerable<RoutePatternParameterPart> GetParameters(RoutePatternPathSegment segment) =>
            segment.Parts.OfType<RoutePatternParameterPart>();

        private static int GetLength(RoutePatternPart part) => part is RoutePatternLiteralPart literal ? literal.Content.Length : 0;
    }
}
