using Attachments.Application.Access;
using Attachments.Application.Changes;
using Attachments.Application.Errors;
using Attachments.Application.Text;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Access;

/// <summary>For administrators, where there is a feed of changes.</summary>
internal sealed class RequireWebhookAdminAttribute : RequireAccessAttribute
{
    /// <inheritdoc/>
    /// <exception cref="NotFoundException"><c>changes_off</c></exception>
    public override void Require(Caller caller, HttpRequest request)
    {
        // Anything else is refused when it is bound.
        if (!request.RouteValues.Where(value => value.Key is "id" or "change").All(value => UuidText.Parse(value.Value as string) is not null))
        {
            return;
        }

        caller.RequireAdmin();
        ReadChangesHandler.RequireOn(request.HttpContext.RequestServices.GetRequiredService<IOptions<ChangesOptions>>().Value);
    }
}
