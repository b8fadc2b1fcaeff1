using Attachments.Api.Http.Paths;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>The addresses of temporary sets and of what is in them, on the host that the request was sent to.</summary>
internal sealed class TemporarySetUrls(HttpRequest request)
{
    private readonly string service = ServiceAddress.Of(request);

    public string OfSet(Guid temporaryId) => $"{service}api/temporaryattachmentset/{temporaryId:D}";

    public string OfItem(Guid temporaryId, Guid itemId) => $"{OfSet(temporaryId)}/attachment/{itemId:D}";

    public string OfContents(Guid itemId) => $"{service}api/attachment/{itemId:D}/contents";
}
