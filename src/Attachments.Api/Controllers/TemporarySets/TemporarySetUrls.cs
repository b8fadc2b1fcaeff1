using Attachments.Api.Http.Paths;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>The addresses of temporary sets and of what is in them, on the host that the request was sent to.</summary>
internal sealed class TemporarySetUrls(HttpRequest request)
{
    private readonly string service = ServiceAddress.From(request);

    public string ForSet(Guid temporaryId) => $"{service}api/temporaryattachmentset/{temporaryId:D}";

    public string ForItem(Guid temporaryId, Guid itemId) => $"{ForSet(temporaryId)}/attachment/{itemId:D}";

    public string ForContents(Guid itemId) => $"{service}api/attachment/{itemId:D}/contents";
}
