using MediatR;

namespace Attachments.Api.Http.JsonApi;

/// <summary>
/// Holds the requests of actions marked <see cref="JsonApiAttribute"/> to JSON:API. A step on the way to the handler, since 403 comes
/// before 406 and 415, and who may do what is known there only. What it has read of the query is a feature of the request from then on; an
/// action that takes several steps is looked at before the first.
/// </summary>
internal sealed class JsonApiBehavior<TRequest, TResponse>(IHttpContextAccessor accessor) : IPipelineBehavior<TRequest, TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        if (accessor.HttpContext is { } context
            && context.GetEndpoint()?.Metadata.GetMetadata<JsonApiAttribute>() is { } action
            && context.Features.Get<JsonApiQuery>() is null)
        {
            context.Features.Set(JsonApiQuery.Read(context.Request.QueryString, action.Paged));
            JsonApiMediaType.RequireAcceptable(context.Request.Headers.Accept);
            JsonApiMediaType.RequireUnmodified(context.Request.ContentType);
        }

        return next();
    }
}
