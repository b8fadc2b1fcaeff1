using Attachments.Application.Access;

namespace Attachments.Api.Access;

/// <summary>For administrators only.</summary>
internal sealed class RequireAdminAttribute : RequireAccessAttribute
{
    public override void Require(Caller caller, HttpRequest request) => caller.RequireAdmin();
}
