using Attachments.Api.Http.JsonApi;
using Attachments.Api.Http.Paths;
using Attachments.Application.Records;
using Attachments.Domain.Records;

namespace Attachments.Api.Controllers.Records;

/// <summary>The addresses of records and their files, on the host that the request was sent to; each segment percent-encoded.</summary>
internal sealed class RecordUrls(HttpRequest request)
{
    private readonly string root = ServiceAddress.From(request) + JsonApiFamily.Route;

    public string Records(string formType) => $"{root}/{Encoded(formType)}";

    public string Record(string formType, string recordId) => $"{Records(formType)}/{Encoded(recordId)}";

    public string Attachments(string formType, string recordId) => $"{Record(formType, recordId)}/attachments";

    public string Content(RecordKey key, RecordFileDto file)
    {
        var content = $"{Attachments(key.FormType, key.RecordId)}/content";
        return file.Folder == FilePlace.Root
            ? $"{content}/{Encoded(file.Name)}"
            : $"{content}/{Encoded(file.Folder)}/{Encoded(file.Name)}";
    }

    /// <summary>The page of a list after a cursor.</summary>
    public static string Page(string list, int size, string after) =>
        $"{list}?{Encoded(JsonApiQuery.SizeParameter)}={size}&{Encoded(JsonApiQuery.AfterParameter)}={Encoded(after)}";

    private static string Encoded(string segment) => Uri.EscapeDataString(segment);
}
