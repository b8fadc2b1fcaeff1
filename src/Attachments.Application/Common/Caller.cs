namespace Attachments.Application.Common;

/// <summary>Who is asking, as their token says.</summary>
/// <param name="UserId">The <c>sub</c> claim: a UUID as it is, any other subject as the UUIDv5 of issuer and subject.</param>
/// <param name="IsAdmin">The <c>role</c> claim holds <c>admin</c>: everything is allowed.</param>
/// <param name="Projects">The <c>project</c> claims: the projects whose sessions the caller may use.</param>
/// <param name="AllProjects">The <c>project</c> claims hold <c>*</c>.</param>
public sealed record Caller(Guid UserId, bool IsAdmin, IReadOnlySet<long> Projects, bool AllProjects)
{
    public bool MayUseProject(long projectId) => IsAdmin || AllProjects || Projects.Contains(projectId);
}
