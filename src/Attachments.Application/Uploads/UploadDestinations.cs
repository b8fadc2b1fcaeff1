using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.OwnedAttachments;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Application.Records;
using Attachments.Application.Sessions;
using Attachments.Application.TemporarySets;
using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;
using Attachments.Domain.Records;
using AutoMapper;

namespace Attachments.Application.Uploads;

/// <summary>
/// Turns the target of an upload into the destination of its family, for the caller of this request: the same destination that a plain
/// upload has, so the same rules hold at the end.
/// </summary>
internal sealed class UploadDestinations(
    IAttachmentsDb db, TemporarySetAccess sets, Caller caller, IMapper mapper, TimeProvider time)
{
    /// <exception cref="Errors.ForbiddenException">The token does not allow uploads to this target.</exception>
    public IFileDestination Find(UploadTarget target, Preconditions preconditions)
    {
        switch (target)
        {
            case SessionPointTarget point:
                caller.RequireProject(point.ProjectId);
                return Create(
                    new SessionPointDestination(db, point.ProjectId, point.Uuid, point.Point, preconditions, time),
                    file => file,
                    result => new SessionPointResult(result));
            case RecordFileTarget place:
                caller.RequireWriteRecords();
                return Create(
                    new RecordFileDestination(
                        db, RecordKey.Create(place.FormType, place.RecordId), FilePlace.Create(place.Folder, place.Name), preconditions),
                    file => file,
                    _ => new RecordFileResult());
            case TemporarySetTarget set:
                return Create(
                    new TemporarySetDestination(
                        db, sets, set.TemporaryId, preconditions, caller, mapper.ConfigurationProvider, time, NullIfEmpty(set.SetId)),
                    file => [new ReceivedItem(set.Name, file)],
                    items => new TemporaryItemResult(items[0]));
            case NewOwnedAttachmentTarget created:
                caller.RequireSharingWith(created.Fields.Organisation);
                return Create(
                    new NewOwnedAttachmentDestination(db, preconditions, caller, mapper, time),
                    file => new ReceivedAttachment(GetChanges(created.Fields), file),
                    attachment => new OwnedAttachmentResult(attachment, IsNew: true));
            case OwnedAttachmentTarget changed:
                return Create(
                    new OwnedAttachmentDestination(db, changed.Id, preconditions, caller, mapper, time),
                    file => new ReceivedAttachment(GetChanges(changed.Fields) with { FileName = file.FileName }, file),
                    attachment => new OwnedAttachmentResult(attachment, IsNew: false));
            default:
                throw new ArgumentOutOfRangeException(nameof(target));
        }
    }

    /// <summary>The name that a file gets that was sent without one; null: the family has a name for it, or keeps the one it has.</summary>
    public static FileName? GetDefaultName(UploadTarget target) =>
        target is TemporarySetTarget or NewOwnedAttachmentTarget ? FileName.Unnamed : null;

    private static FileDestination<TOwner, TUpload, TResult> Create<TOwner, TUpload, TResult>(
        UploadDestination<TOwner, TUpload, TResult> destination, Func<ReceivedFile, TUpload> receive, Func<TResult, UploadResult> describe) =>
        new(destination, receive, describe);

    private static Guid? NullIfEmpty(Guid id) => id == Guid.Empty ? null : id;

    private static OwnedAttachmentChanges GetChanges(OwnedAttachmentFields fields) => new()
    {
        Description = fields.Description,
        OwnedByOrganisation = fields.SetsOrganisation ? new NewValue<long?>(fields.Organisation) : null,
        SequenceMap = fields.SetsSequenceMap
            ? new NewValue<SequenceMap>(fields.SequenceMap is { } json ? SequenceMap.FromStored(json) : null)
            : null,
    };
}

/// <summary>What one file becomes part of, whatever the family.</summary>
internal interface IFileDestination
{
    /// <summary>Refuses what can be refused without the file.</summary>
    /// <exception cref="Errors.RequestException">The upload is refused.</exception>
    Task Check(CancellationToken cancellationToken);

    /// <summary>Attaches the file in the open change, on state that is loaded in it.</summary>
    /// <exception cref="Errors.RequestException">The upload is refused.</exception>
    Task<UploadResult> Attach(ReceivedFile file, UploadReceiver receiver, CancellationToken cancellationToken);
}

internal sealed class FileDestination<TOwner, TUpload, TResult>(
    UploadDestination<TOwner, TUpload, TResult> destination, Func<ReceivedFile, TUpload> receive, Func<TResult, UploadResult> describe)
    : IFileDestination
{
    public Task Check(CancellationToken cancellationToken) => destination.Load(cancellationToken);

    public async Task<UploadResult> Attach(ReceivedFile file, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        var owner = await destination.Load(cancellationToken);
        return describe(await destination.Attach(owner, receive(file), receiver, cancellationToken));
    }
}
