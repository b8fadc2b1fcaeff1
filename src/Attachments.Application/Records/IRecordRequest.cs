using Attachments.Application.Access;
using Attachments.Application.Errors;

namespace Attachments.Application.Records;

/// <summary>A request that reads records or their files: the scope <c>records:read</c> is enough.</summary>
public interface IRecordReadRequest : IAuthorizedRequest
{
    void IAuthorizedRequest.RequireAccess(Caller caller)
    {
        if (!caller.MayReadRecords)
        {
            throw new ForbiddenException("records_forbidden", "The token's scope does not allow to read records.");
        }
    }
}

/// <summary>A request that changes records or their files: it takes the scope <c>records</c>.</summary>
public interface IRecordWriteRequest : IAuthorizedRequest
{
    void IAuthorizedRequest.RequireAccess(Caller caller) => RequireScope(caller);

    /// <exception cref="ForbiddenException"><c>records_forbidden</c>.</exception>
    static void RequireScope(Caller caller)
    {
        if (!caller.MayWriteRecords)
        {
            throw new ForbiddenException("records_forbidden", "The token's scope does not allow to change records.");
        }
    }
}
