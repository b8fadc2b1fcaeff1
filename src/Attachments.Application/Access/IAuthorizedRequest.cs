using Attachments.Application.Errors;

namespace Attachments.Application.Access;

/// <summary>A request that not every caller may make, which can be told from the request and the caller's token alone.</summary>
public interface IAuthorizedRequest
{
    /// <summary>Refuses those who may not make it.</summary>
    /// <exception cref="ForbiddenException">The caller may not.</exception>
    void RequireAccess(Caller caller);
}
