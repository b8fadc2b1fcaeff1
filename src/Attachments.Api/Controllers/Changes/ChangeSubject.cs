using Attachments.Api.Controllers.Records;
using Attachments.Api.Controllers.Sessions;
using Attachments.Api.Controllers.TemporarySets;
using Attachments.Domain.Changes;
using Attachments.Domain.Records;

namespace Attachments.Api.Controllers.Changes;

/// <summary>The path of what a change is about, as its own URL has it.</summary>
internal static class ChangeSubject
{
    private const string Root = "/";

    public static string GetPath(Change change) => change switch
    {
        { ProjectId: { } project, SessionUuid: { } uuid } => GetPath(new SessionUrls(Root, project, uuid), change.PointName),
        { FormType: { } formType, RecordId: { } recordId } => GetPath(new RecordUrls(Root), formType, recordId, change),
        { TemporaryId: { } set } => GetPath(new TemporarySetUrls(Root), set, change.ItemId),
        { AttachmentId: { } id } => $"/v1/attachments/{id}",
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    private static string GetPath(SessionUrls urls, string? point) => point is null ? urls.Session : urls.Attachment(point);

    private static string GetPath(RecordUrls urls, string formType, string recordId, Change change) => change.FileName is { } name
        ? urls.Content(formType, recordId, change.Folder ?? FilePlace.Root, name)
        : urls.Record(formType, recordId);

    private static string GetPath(TemporarySetUrls urls, Guid set, Guid? item) =>
        item is { } id ? urls.ForItem(set, id) : urls.ForSet(set);
}
