using MediatR;

namespace Attachments.Application.Common;

/// <summary>Refuses a project's sessions to those who may not use the project, before anything of the body is read.</summary>
public sealed class ProjectAccessBehavior<TRequest, TResponse>(Caller caller) : IPipelineBehavior<TRequest, TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
        request is IProjectRequest { ProjectId: var project } && !caller.MayUseProject(project)
            ? throw new ForbiddenException("project_forbidden", $"Project {project} is not among those that the token allows.")
            : next();
}
