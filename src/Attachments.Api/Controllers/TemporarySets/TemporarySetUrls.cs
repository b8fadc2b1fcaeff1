using Attachments.Api.Http.Paths;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>The URLs of temporary sets and of their items, on the host of the request.</summary>
internal sealed class TemporarySetUrls(HttpRequest request)
{
    private readonly string service = ServiceAddress.From(request);

    public string ForSet(Guid temporaryId) => $"{service}api/temporaryattachmentset/{temporaryId:D}";

    public string ForItem(Guid temporaryId, Guid itemId) => $"{ForSet(temporaryId)}/attachment/{itemId:D}";

    public string ForContents(Guid itemId) => $"{service}api/attachment/{itemId:D}/contents";
}
