using Attachments.Application.Access;
using Attachments.Application.Errors;

namespace Attachments.Application.OwnedAttachments;

/// <summary>A request that only administrators may make.</summary>
public interface IAdminRequest : IAuthorizedRequest
{
    void IAuthorizedRequest.RequireAccess(Caller caller)
    {
        if (!caller.IsAdmin)
        {
            throw new ForbiddenException("admins_only", "Only administrators may do this.");
        }
    }
}
