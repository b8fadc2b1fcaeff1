using Attachments.Api.Http.Paths;

namespace Attachments.Api.Controllers.TemporarySets;

/// <summary>The URLs of temporary sets and of their items.</summary>
/// <param name="service">The address of the service, with a slash at its end.</param>
internal sealed class TemporarySetUrls(string service)
{
    /// <summary>On the host that the request was sent to.</summary>
    public TemporarySetUrls(HttpRequest request)
        : this(ServiceAddress.From(request))
    {
    }

    public string ForSet(Guid temporaryId) => $"{service}api/temporaryattachmentset/{temporaryId:D}";

    public string ForItem(Guid temporaryId, Guid itemId) => $"{ForSet(temporaryId)}/attachment/{itemId:D}";

    public string ForContents(Guid itemId) => $"{service}api/attachment/{itemId:D}/contents";
}
