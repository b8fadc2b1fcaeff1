using Microsoft.AspNetCore.Mvc.Filters;

namespace Attachments.Api.Http.JsonApi;

/// <summary>
/// Marks an action that follows JSON:API's rules for media types and queries, and checks them before the action runs. Actions that send or
/// receive a file's bytes do not follow them.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JsonApiAttribute : ActionFilterAttribute
{
    /// <summary>The action takes the parameters of a page.</summary>
    public bool Paged { get; init; }

    /// <exception cref="Application.Errors.InvalidRequestException"><c>query_invalid</c></exception>
    /// <exception cref="Errors.NotAcceptableException"><c>not_acceptable</c></exception>
    /// <exception cref="Application.Errors.UnsupportedMediaTypeException"><c>media_type_unsupported</c></exception>
    public override void OnActionExecuting(ActionExecutingContext context)
    {
        var request = context.HttpContext.Request;
        context.HttpContext.Features.Set(JsonApiQuery.Read(request.QueryString, Paged));
        JsonApiMediaType.RequireAcceptable(request.Headers.Accept);
        JsonApiMediaType.RequireUnmodified(request.ContentType);
    }

    /// <summary>"Servers that support the ext or profile media type parameters SHOULD specify the Vary header with Accept".</summary>
    public override void OnResultExecuting(ResultExecutingContext context) => context.HttpContext.Response.Headers.Vary = "Accept";
}
