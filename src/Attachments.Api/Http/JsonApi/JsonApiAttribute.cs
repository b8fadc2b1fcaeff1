using Microsoft.AspNetCore.Mvc.Filters;

namespace Attachments.Api.Http.JsonApi;

/// <summary>
/// Marks an action that holds to the rules of JSON:API on media types and queries, which <see cref="JsonApiBehavior{TRequest,TResponse}"/>
/// enforces. Those that send or receive a file's bytes do not.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JsonApiAttribute : ResultFilterAttribute
{
    /// <summary>The action knows the parameters of a page.</summary>
    public bool Paged { get; init; }

    /// <summary>"Servers that support the ext or profile media type parameters SHOULD specify the Vary header with Accept".</summary>
    public override void OnResultExecuting(ResultExecutingContext context) => context.HttpContext.Response.Headers.Vary = "Accept";
}
