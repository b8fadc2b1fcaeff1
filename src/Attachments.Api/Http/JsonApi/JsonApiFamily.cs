using Attachments.Api.Http.Paths;
using Attachments.Application.Errors;

namespace Attachments.Api.Http.JsonApi;

/// <summary>The addresses whose responses are JSON:API 1.1 (https://jsonapi.org/format/1.1/).</summary>
internal static class JsonApiFamily
{
    /// <summary>The prefix of all routes of the records.</summary>
    public const string Route = "api/records";

    private static readonly PathString Prefix = new($"/{Route}");

    /// <summary>Whether a request is to one of them, routed or not. A target that has no path of ours counts as it was sent.</summary>
    public static bool Includes(HttpContext context) =>
        context.Request.Path.StartsWithSegments(Prefix)
        || (context.Features.Get<RawPath>() is null && RawPath.GetPath(RawRouteValues.GetTarget(context)) is { IsEmpty: false } sent
            && new PathString(sent.ToString()).StartsWithSegments(Prefix));

    /// <summary>Whether a path, as it was sent, is one of them.</summary>
    public static bool Includes(PathString pathBase, string path) => new PathString(path).StartsWithSegments(pathBase + Prefix);

    /// <summary>
    /// To be placed right after <see cref="RawRouteValues.UseRawPath"/>: refuses addresses with an empty segment, which routing passes over
    /// where it ends the path, so that <c>…/attachments/folder/</c> would be taken for a file of that name. It sends writes of
    /// <c>/api/records/Contract%2F57</c> to <c>/api/records/Contract/57</c>.
    /// </summary>
    public static IApplicationBuilder UseJsonApiPaths(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (Includes(context) && IsWriteByWholeId(context.Request) && context.Features.Get<RawPath>() is { } whole
            && whole.Segments[^1].Contains('/', StringComparison.Ordinal))
        {
            var split = whole.SplitLast();
            context.Features.Set(split);
            context.Request.Path = new PathString(split.ForRouting);
        }

        if (Includes(context) && context.Features.Get<RawPath>() is { } path && path.Segments.Any(segment => segment.Length == 0))
        {
            context.Features.Set(new PathRefusal(new InvalidRequestException("path_invalid", "The path contains an empty segment.")));
        }

        return next(context);
    });

    /// <summary>Whether it changes what the one segment after the prefix names. A form type as a whole cannot be changed.</summary>
    private static bool IsWriteByWholeId(HttpRequest request) =>
        (HttpMethods.IsPut(request.Method) || HttpMethods.IsPatch(request.Method) || HttpMethods.IsDelete(request.Method))
        && request.Path.StartsWithSegments(Prefix, out var rest) && rest.Value?.LastIndexOf('/') == 0;
}
