namespace Attachments.Application.Common;

/// <summary>A request about a project's sessions, which only callers of that project may make.</summary>
public interface IProjectRequest
{
    long ProjectId { get; }
}
