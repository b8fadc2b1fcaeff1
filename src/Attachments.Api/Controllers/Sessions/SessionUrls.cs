using Attachments.Api.Http.Paths;

namespace Attachments.Api.Controllers.Sessions;

/// <summary>The URLs of a session and its files.</summary>
/// <param name="service">The address of the service, with a slash at its end.</param>
/// <param name="projectId">The project of the session.</param>
/// <param name="uuid">Its UUID, as it was sent.</param>
internal sealed class SessionUrls(string service, long projectId, string uuid)
{
    /// <summary>On the host that the request was sent to.</summary>
    public SessionUrls(HttpRequest request, long projectId, string uuid)
        : this(ServiceAddress.From(request), projectId, uuid)
    {
    }

    public string Session { get; } = $"{service}api/v1/project/{projectId}/sessions/{Uri.EscapeDataString(uuid)}";

    public string Attachment(string point) => $"{Session}/attachments/{Uri.EscapeDataString(point)}";
}
