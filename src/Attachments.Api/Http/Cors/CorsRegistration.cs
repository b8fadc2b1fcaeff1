using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Attachments.Api.Http.Cors;

/// <summary>
/// Cross-origin requests of browsers (the Fetch Standard's CORS protocol), for the origins in <see cref="CorsSettings"/>.
/// </summary>
internal static class CorsRegistration
{
    /// <summary>The time for which a browser may cache a preflight response.</summary>
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(1);

    /// <summary>The request methods of the API. HEAD needs no preflight, but is listed for clients that send one.</summary>
    private static readonly string[] Methods =
    [
        HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete,
    ];

    /// <summary>The response headers that a page may read, besides those that the Fetch Standard always exposes.</summary>
    private static readonly string[] ExposedFields =
    [
        HeaderNames.AcceptRanges, HeaderNames.ContentDisposition, HeaderNames.ContentLocation, HeaderNames.ContentRange, HeaderNames.ETag, HeaderNames.LastModified,
        HeaderNames.Link, HeaderNames.Location, "Repr-Digest", HeaderNames.RetryAfter, HeaderNames.WWWAuthenticate, "X-Total-Count",

        // Of uploads in several requests. Without the offset or the location a browser would begin anew for ever.
        "Tus-Checksum-Algorithm", "Tus-Extension", "Tus-Max-Size", "Tus-Resumable", "Tus-Version", "Upload-Complete", "Upload-Defer-Length",
        "Upload-Draft-Interop-Version", "Upload-Expires", "Upload-Length", "Upload-Limit", "Upload-Metadata", "Upload-Offset",
    ];

    public static IServiceCollection AddCrossOrigin(this IServiceCollection services)
    {
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<CorsSettings>>((cors, settings) =>
            cors.AddDefaultPolicy(policy => Allow(policy, settings.Value.Origins)));
        return services;
    }

    /// <summary>
    /// Must be placed before everything that can refuse a request: a browser hides a response without these headers from the page, so the
    /// page could not read the error. Does nothing if no origin is configured.
    /// </summary>
    public static IApplicationBuilder UseCrossOrigin(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<IOptions<CorsSettings>>().Value.Origins.Length == 0)
        {
            return app;
        }

        app.Use((context, next) =>
        {
            context.Response.OnStarting(VaryByOrigin, context.Response);
            return next(context);
        });
        return app.UseCors();
    }

    // Callers are known by the token that they send and never by a cookie, so no credentials of the browser's are wanted, and a field
    // that a page sends may be any.
    private static void Allow(CorsPolicyBuilder policy, string[] origins) => policy
        .WithOrigins(origins)
        .WithMethods(Methods)
        .AllowAnyHeader()
        .WithExposedHeaders(ExposedFields)
        .SetPreflightMaxAge(PreflightMaxAge);

    /// <summary>
    /// Adds <c>Vary: Origin</c> to every response. The framework omits it if only one origin is configured, if another origin asks, or if
    /// none is sent, and then a browser could reuse a cached response for the wrong origin.
    /// </summary>
    private static Task VaryByOrigin(object response)
    {
        var headers = ((HttpResponse)response).Headers;
        if (!headers.GetCommaSeparatedValues(HeaderNames.Vary).Contains(HeaderNames.Origin, StringComparer.OrdinalIgnoreCase))
        {
            headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        }

        return Task.CompletedTask;
    }
}
