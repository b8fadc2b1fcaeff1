using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.TemporarySets;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets;

/// <summary>Adds files to a set, all or none. Where nobody uses its id, the set comes into being with them.</summary>
/// <param name="TemporaryId">The set.</param>
/// <param name="Files">The files in the request, whose bytes are not yet read.</param>
/// <param name="Preconditions">Of the set: <c>If-None-Match: *</c> wants it to be new.</param>
public sealed record UploadTemporaryItems(Guid TemporaryId, IAsyncEnumerable<NamedFile> Files, Preconditions Preconditions)
    : IRequest<IReadOnlyList<TemporaryItemDto>>;

/// <summary>A file on its way into a set.</summary>
/// <param name="Name">What the client calls it; null or empty: as the file.</param>
/// <param name="File">With a file name.</param>
public sealed record NamedFile(string? Name, IncomingFile File);

public sealed class UploadTemporaryItemsHandler(
    IAttachmentsDb db, TemporarySetAccess access, Uploader uploader, Caller caller, IConfigurationProvider mappings, TimeProvider time)
    : IRequestHandler<UploadTemporaryItems, IReadOnlyList<TemporaryItemDto>>
{
    public Task<IReadOnlyList<TemporaryItemDto>> Handle(UploadTemporaryItems request, CancellationToken cancellationToken) =>
        uploader.Upload(
            new TemporarySetDestination(db, access, request.TemporaryId, request.Preconditions, caller, mappings, time),
            (set, receiver, token) => Receive(request.Files, set?.ItemCount ?? 0, receiver, token),
            cancellationToken);

    private static async Task<IReadOnlyList<ReceivedItem>> Receive(
        IAsyncEnumerable<NamedFile> uploads, int before, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        var items = new List<ReceivedItem>();
        await foreach (var (name, upload) in uploads.WithCancellation(cancellationToken))
        {
            // The transaction checks this again, against the set as it is by then.
            TemporarySet.RequireRoom(before + items.Count);
            if (!string.IsNullOrEmpty(name))
            {
                TemporaryItem.RequireName(name);
            }

            items.Add(new ReceivedItem(name, await receiver.Receive(upload, cancellationToken)));
        }

        // The temporary attachments API answers 403 "if the multipart request did not contain any files".
        return items.Count > 0 ? items : throw new ForbiddenException("files_missing", "The request contains no file.");
    }
}

/// <summary>A received file of a set.</summary>
/// <param name="Name">Null or empty: the name of the file.</param>
/// <param name="File">With a file name.</param>
internal readonly record struct ReceivedItem(string? Name, ReceivedFile File);

/// <summary>
/// A temporary set, to which the upload adds items. If no set has this id, or it has expired, the upload creates one, unless it is for one
/// set only.
/// </summary>
internal sealed class TemporarySetDestination(
    IAttachmentsDb db,
    TemporarySetAccess access,
    Guid temporaryId,
    Preconditions preconditions,
    Caller caller,
    IConfigurationProvider mappings,
    TimeProvider time,
    Guid? onlySetId = null)
    : UploadDestination<TemporarySet?, IReadOnlyList<ReceivedItem>, IReadOnlyList<TemporaryItemDto>>
{
    public override async Task<TemporarySet?> Load(CancellationToken cancellationToken)
    {
        var set = await access.Find(db.TemporarySets, temporaryId, cancellationToken);
        Require(set);
        RequireSameSet(set);
        TemporarySet.RequireRoom(set?.ItemCount ?? 0);
        return set;
    }

    public override async Task<IReadOnlyList<TemporaryItemDto>> Attach(
        TemporarySet? set, IReadOnlyList<ReceivedItem> items, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        if (set is not null && access.HasExpired(set))
        {
            // The upload took longer than the set lived.
            set = null;
            Require(set);
            RequireSameSet(set);
        }

        set ??= await access.Create(temporaryId, cancellationToken);
        var before = set.LastOrdinal;
        var blobs = await receiver.Complete([.. items.Select(item => item.File)], cancellationToken);
        foreach (var (item, blob) in items.Zip(blobs))
        {
            set.Add(item.Name, item.File.FileName!, blob, caller.UserId, time.GetUtcNow());
        }

        await db.SaveChangesAsync(cancellationToken);
        return await db.TemporaryItems
            .Where(item => item.SetId == set.Id && item.Ordinal > before)
            .OrderBy(item => item.Ordinal)
            .ProjectTo<TemporaryItemDto>(mappings)
            .ToListAsync(cancellationToken);
    }

    /// <exception cref="NotFoundException">The set has ended. A late file must not found a set that nobody looks at.</exception>
    private void RequireSameSet(TemporarySet? set)
    {
        if (onlySetId is { } id && set?.Id != id)
        {
            throw TemporarySetAccess.NotFound(temporaryId);
        }
    }

    private void Require(TemporarySet? set) => preconditions.RequireForWrite(set is null ? null : CurrentRepresentation.Untagged);
}
