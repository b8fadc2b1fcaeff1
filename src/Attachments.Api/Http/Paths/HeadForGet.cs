using Microsoft.AspNetCore.Mvc.ActionConstraints;
using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace Attachments.Api.Http.Paths;

/// <summary>Lets every action for GET answer HEAD too (RFC 9110, section 9.1). The server discards the body.</summary>
internal sealed class HeadForGet : IActionModelConvention
{
    /// <summary>The methods of what can be read.</summary>
    public static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public void Apply(ActionModel action)
    {
        foreach (var selector in action.Selectors)
        {
            Widen(selector);
        }
    }

    private static void Widen(SelectorModel selector)
    {
        foreach (var constraint in selector.ActionConstraints.OfType<HttpMethodActionConstraint>().Where(AllowsGetOnly).ToList())
        {
            selector.ActionConstraints.Remove(constraint);
            selector.ActionConstraints.Add(new HttpMethodActionConstraint(Methods));

            // The last one counts.
            selector.EndpointMetadata.Add(new HttpMethodMetadata(Methods));
        }
    }

    private static bool AllowsGetOnly(HttpMethodActionConstraint constraint) => constraint.HttpMethods.All(HttpMethods.IsGet);
}
