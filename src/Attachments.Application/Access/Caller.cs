using System.Collections.Immutable;
using Attachments.Application.Errors;

namespace Attachments.Application.Access;

/// <summary>The user who sent the request, as their token describes them.</summary>
/// <param name="UserId">The <c>sub</c> claim: a UUID as it is, any other subject as the UUIDv5 of issuer and subject.</param>
/// <param name="IsAdmin">The <c>role</c> claim holds <c>admin</c>: everything is allowed.</param>
public sealed record Caller(Guid UserId, bool IsAdmin)
{
    private const string RecordsScope = "records";
    private const string RecordsReadScope = "records:read";

    /// <summary>The <c>project</c> claims: the projects whose sessions the caller may use.</summary>
    public IReadOnlySet<long> Projects { get; init; } = ImmutableHashSet<long>.Empty;

    /// <summary>The <c>project</c> claims hold <c>*</c>.</summary>
    public bool AllProjects { get; init; }

    /// <summary>The <c>org</c> claims: the organisations that the caller belongs to.</summary>
    public IReadOnlySet<long> Organisations { get; init; } = ImmutableHashSet<long>.Empty;

    /// <summary>The scopes in the <c>scope</c> claims.</summary>
    public IReadOnlySet<string> Scopes { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>Whether the caller may use the sessions of a project.</summary>
    public bool MayUseProject(long projectId) => IsAdmin || AllProjects || Projects.Contains(projectId);

    /// <summary>Whether the caller may give something to an organisation, which its members may.</summary>
    public bool MayShareWith(long organisation) => IsAdmin || Organisations.Contains(organisation);

    /// <summary>Whether the caller may use what a user owns and may have shared with an organisation.</summary>
    public bool MayUse(Guid owner, long? organisation) =>
        IsAdmin || UserId == owner || (organisation is { } shared && Organisations.Contains(shared));

    /// <summary>Whether the caller may read records and their files.</summary>
    public bool MayReadRecords => MayWriteRecords || Scopes.Contains(RecordsReadScope);

    /// <summary>Whether the caller may do everything with records and their files.</summary>
    public bool MayWriteRecords => IsAdmin || Scopes.Contains(RecordsScope);

    /// <exception cref="ForbiddenException"><c>project_forbidden</c>: the caller may not use the sessions of this project.</exception>
    public void RequireProject(long projectId)
    {
        if (!MayUseProject(projectId))
        {
            throw new ForbiddenException("project_forbidden", $"The token does not grant access to project {projectId}.");
        }
    }

    /// <exception cref="ForbiddenException"><c>records_forbidden</c>: the caller may not read records.</exception>
    public void RequireReadRecords()
    {
        if (!MayReadRecords)
        {
            throw new ForbiddenException("records_forbidden", "The token's scope does not allow reading records.");
        }
    }

    /// <exception cref="ForbiddenException"><c>records_forbidden</c>: the caller may not change records.</exception>
    public void RequireWriteRecords()
    {
        if (!MayWriteRecords)
        {
            throw new ForbiddenException("records_forbidden", "The token's scope does not allow changing records.");
        }
    }

    /// <exception cref="ForbiddenException"><c>admins_only</c>: the caller is not an administrator.</exception>
    public void RequireAdmin()
    {
        if (!IsAdmin)
        {
            throw new ForbiddenException("admins_only", "Only administrators may do this.");
        }
    }
}
