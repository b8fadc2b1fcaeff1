using Attachments.Api.Http.JsonApi;
using Attachments.Api.Http.Paths;
using Attachments.Application.Records;
using Attachments.Domain.Records;

namespace Attachments.Api.Controllers.Records;

/// <summary>The URLs of records and their files; each segment percent-encoded.</summary>
/// <param name="service">The address of the service, with a slash at its end.</param>
internal sealed class RecordUrls(string service)
{
    private readonly string root = service + JsonApiFamily.Route;

    /// <summary>On the host that the request was sent to.</summary>
    public RecordUrls(HttpRequest request)
        : this(ServiceAddress.From(request))
    {
    }

    public string Records(string formType) => $"{root}/{Encoded(formType)}";

    public string Record(string formType, string recordId) => $"{Records(formType)}/{Encoded(recordId)}";

    public string Attachments(string formType, string recordId) => $"{Record(formType, recordId)}/attachments";

    public string Content(RecordKey key, RecordFileDto file) => Content(key.FormType, key.RecordId, file.Folder, file.Name);

    public string Content(string formType, string recordId, string folder, string fileName)
    {
        var content = $"{Attachments(formType, recordId)}/content";
        return folder == FilePlace.Root
            ? $"{content}/{Encoded(fileName)}"
            : $"{content}/{Encoded(folder)}/{Encoded(fileName)}";
    }

    /// <summary>The page of a list after a cursor.</summary>
    public static string Page(string list, int size, string after) =>
        $"{list}?{Encoded(JsonApiQuery.SizeParameter)}={size}&{Encoded(JsonApiQuery.AfterParameter)}={Encoded(after)}";

    private static string Encoded(string segment) => Uri.EscapeDataString(segment);
}
