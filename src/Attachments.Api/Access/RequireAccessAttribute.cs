using System.Runtime.CompilerServices;
using Attachments.Application.Access;
using Attachments.Application.Errors;
using Microsoft.AspNetCore.Authorization;

namespace Attachments.Api.Access;

/// <summary>
/// An endpoint that only some callers may use, which the token and the address alone decide. It is an authorization policy of the endpoint,
/// so 403 comes before anything of the request is bound or read. Who owns a thing is the handler's to ask.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal abstract class RequireAccessAttribute : Attribute, IAuthorizationRequirement, IAuthorizationRequirementData
{
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];

    /// <inheritdoc/>
    /// <remarks>By reference, as requirements are compared. Attributes are compared by reflection, which each request would wait for.</remarks>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <summary>Returns if the caller may use the endpoint. A malformed route value comes first: it is refused with 400.</summary>
    /// <exception cref="ForbiddenException">The caller may not.</exception>
    public abstract void Require(Caller caller, HttpRequest request);
}

/// <summary>Asks the <see cref="RequireAccessAttribute"/> of an endpoint. The framework challenges requests without a token.</summary>
internal sealed class AccessHandler : AuthorizationHandler<RequireAccessAttribute>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RequireAccessAttribute requirement)
    {
        if (context.Resource is HttpContext http && http.Features.Get<Caller>() is { } caller)
        {
            requirement.Require(caller, http.Request);
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
