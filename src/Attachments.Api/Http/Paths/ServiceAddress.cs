using Microsoft.AspNetCore.Http.Extensions;

namespace Attachments.Api.Http.Paths;

/// <summary>Where the service is, as the client sees it.</summary>
internal static class ServiceAddress
{
    /// <summary>On the host that the request was sent to, with a slash at its end.</summary>
    public static string Of(HttpRequest request) => UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, "/");
}
