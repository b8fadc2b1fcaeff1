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
public sealed record UploadTemporaryItems(Guid TemporaryId, IAsyncEnumerable<NamedUpload> Files, Preconditions Preconditions)
    : IRequest<IReadOnlyList<TemporaryItemDto>>;

/// <summary>A file on its way into a set.</summary>
/// <param name="Name">What the client calls it; null or empty: as the file.</param>
/// <param name="Upload">With a file name.</param>
public sealed record NamedUpload(string? Name, Upload Upload);

public sealed class UploadTemporaryItemsHandler(
    IAttachmentsDb db, TemporarySetAccess access, BlobWriter writer, Caller caller, IConfigurationProvider mappings, TimeProvider time)
    : IRequestHandler<UploadTemporaryItems, IReadOnlyList<TemporaryItemDto>>
{
    public async Task<IReadOnlyList<TemporaryItemDto>> Handle(UploadTemporaryItems request, CancellationToken cancellationToken)
    {
        var set = await access.Find(db.TemporarySets.AsNoTracking(), request.TemporaryId, cancellationToken);
        request.Preconditions.RequireForWrite(set is null ? null : CurrentRepresentation.Untagged);
        TemporarySet.RequireRoom(set?.ItemCount ?? 0);
        await using var reception = writer.Open();
        var files = await Receive(request.Files, set?.ItemCount ?? 0, reception, cancellationToken);
        return await db.Change(token => Add(request, files, reception, token), CancellationToken.None);
    }

    private static async Task<List<(string? Name, ReceivedFile File)>> Receive(
        IAsyncEnumerable<NamedUpload> uploads, int before, Reception reception, CancellationToken cancellationToken)
    {
        var files = new List<(string? Name, ReceivedFile File)>();
        await foreach (var (name, upload) in uploads.WithCancellation(cancellationToken))
        {
            // The set says so again of the one that it is by then; here it spares whoever sends in vain.
            TemporarySet.RequireRoom(before + files.Count);
            if (!string.IsNullOrEmpty(name))
            {
                TemporaryItem.RequireName(name);
            }

            files.Add((name, await reception.Receive(upload, cancellationToken)));
        }

        // 403 is the seed's: "if the multipart request did not contain any files".
        return files.Count > 0 ? files : throw new ForbiddenException("files_missing", "The request contains no file.");
    }

    /// <summary>Whether the set is still there, and whose it is, is decided here: the files may have taken longer than it lived.</summary>
    private async Task<IReadOnlyList<TemporaryItemDto>> Add(
        UploadTemporaryItems request,
        List<(string? Name, ReceivedFile File)> files,
        Reception reception,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var set = await access.Find(db.TemporarySets, request.TemporaryId, cancellationToken);
        request.Preconditions.RequireForWrite(set is null ? null : CurrentRepresentation.Untagged);
        set ??= await access.Begin(request.TemporaryId, cancellationToken);
        var before = set.LastOrdinal;
        var blobs = await reception.Keep(files.ConvertAll(file => file.File), cancellationToken);
        foreach (var ((name, file), blob) in files.Zip(blobs))
        {
            set.Add(name, file.FileName!, blob, caller.UserId, now);
        }

        await db.SaveChangesAsync(cancellationToken);
        return await db.TemporaryItems
            .Where(item => item.SetId == set.Id && item.Ordinal > before)
            .OrderBy(item => item.Ordinal)
            .ProjectTo<TemporaryItemDto>(mappings)
            .ToListAsync(cancellationToken);
    }
}
