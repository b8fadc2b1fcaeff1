using Attachments.Application.Access;
using Attachments.Application.Errors;

namespace Attachments.Application.Sessions;

/// <summary>A request about a project's sessions, which only callers of that project may make.</summary>
public interface IProjectRequest : IAuthorizedRequest
{
    long ProjectId { get; }

    void IAuthorizedRequest.RequireAccess(Caller caller) => RequireProject(caller, ProjectId);

    /// <summary>Refuses a project's sessions to those who may not use the project.</summary>
    /// <exception cref="ForbiddenException"><c>project_forbidden</c>.</exception>
    static void RequireProject(Caller caller, long projectId)
    {
        if (!caller.MayUseProject(projectId))
        {
            throw new ForbiddenException("project_forbidden", $"Project {projectId} is not among those that the token allows.");
        }
    }
}
