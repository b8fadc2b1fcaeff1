namespace Attachments.Api.Links;

/// <summary>The middleware from routing to the endpoint, for requests that the service makes of itself.</summary>
internal sealed class LinkPipeline
{
    private RequestDelegate? first;

    public Task Send(HttpContext context) => first!(context);

    public RequestDelegate Begin(RequestDelegate next) => first = next;
}

internal static class LinkPipelineExtensions
{
    /// <summary>To be placed before everything that looks at the path: <see cref="LinkTargets"/> sends its requests from here on.</summary>
    public static IApplicationBuilder UseLinkPipeline(this IApplicationBuilder app) =>
        app.Use(app.ApplicationServices.GetRequiredService<LinkPipeline>().Begin);

    /// <summary>To be placed between routing and authentication: a check reaches no endpoint that no link can be for.</summary>
    public static IApplicationBuilder UseLinkTargets(this IApplicationBuilder app) => app.Use((context, next) =>
        context.Features.Get<LinkTargetCheck>() is null || context.GetEndpoint()?.Metadata.GetMetadata<LinkableAttribute>() is not null
            ? next(context)
            : throw LinkTargets.NotLinkable);
}
