using Attachments.Api.Http.Paths;

namespace Attachments.Api.Controllers.Sessions;

/// <summary>The addresses of a session's files, on the host that the request was sent to.</summary>
internal sealed class AttachmentUrls(HttpRequest request, long projectId, string uuid)
{
    private readonly string prefix = ServiceAddress.From(request)
        + $"api/v1/project/{projectId}/sessions/{Uri.EscapeDataString(uuid)}/attachments/";

    public string For(string point) => prefix + Uri.EscapeDataString(point);
}
