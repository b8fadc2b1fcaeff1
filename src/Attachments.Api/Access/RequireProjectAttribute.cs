using Attachments.Application.Access;
using Attachments.Application.Text;

namespace Attachments.Api.Access;

/// <summary>The sessions of a project, for callers of the project that the route value <c>project_id</c> names.</summary>
internal sealed class RequireProjectAttribute : RequireAccessAttribute
{
    public override void Require(Caller caller, HttpRequest request)
    {
        // Anything else is refused when it is bound.
        if (DecimalInteger.Parse(request.RouteValues["project_id"] as string) is { } projectId)
        {
            caller.RequireProject(projectId);
        }
    }
}
