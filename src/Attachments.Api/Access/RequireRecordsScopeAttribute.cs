using Attachments.Application.Access;
using Attachments.Domain.Records;

namespace Attachments.Api.Access;

/// <summary>Records and their files: GET and HEAD take the scope <c>records:read</c>, every other method <c>records</c>.</summary>
internal sealed class RequireRecordsScopeAttribute : RequireAccessAttribute
{
    public override void Require(Caller caller, HttpRequest request)
    {
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (isRead ? caller.MayReadRecords : caller.MayWriteRecords)
        {
            return;
        }

        RequireAddress(request.RouteValues);
        if (isRead)
        {
            caller.RequireReadRecords();
        }
        else
        {
            caller.RequireWriteRecords();
        }
    }

    private static void RequireAddress(RouteValueDictionary route)
    {
        RecordKey.RequireFormType((string)route["eformtype"]!);
        if (route["recordid"] is string recordId)
        {
            RecordKey.Create((string)route["eformtype"]!, recordId);
        }

        if (route["filename"] is string fileName)
        {
            FilePlace.Create(route["folder"] as string, fileName);
        }
    }
}
