using Attachments.Application.Archives;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Records;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>All files of a record, or of one of its folders, in one archive.</summary>
/// <param name="Key">The record.</param>
/// <param name="Folder">Null: all of them, each in its folder.</param>
/// <param name="Choice">What else the request says.</param>
public sealed record ArchiveRecord(RecordKey Key, string? Folder, ArchiveChoice Choice) : IRequest<Archive>;

public sealed class ArchiveRecordHandler(IAttachmentsDb db, ArchiveBuilder builder) : IRequestHandler<ArchiveRecord, Archive>
{
    /// <exception cref="NotFoundException"><c>record_not_found</c>, <c>folder_not_found</c></exception>
    public async Task<Archive> Handle(ArchiveRecord request, CancellationToken cancellationToken)
    {
        var (key, folder) = (request.Key, request.Folder);
        await db.Records.RequireExists(key, cancellationToken);
        var files = db.Records.AsNoTracking().WhereKey(key).SelectMany(record => record.Files);
        if (folder is null)
        {
            return await builder.Build(
                files.OrderBy(file => file.Folder)
                    .ThenBy(file => file.Name)
                    .Select(file => new ArchivedFile { Folder = file.Folder, Name = file.Name, Blob = file.Blob }),
                $"{key.FormType}-{key.RecordId}",
                request.Choice,
                cancellationToken);
        }

        var archive = await builder.Build(
            files.Where(file => file.Folder == folder)
                .OrderBy(file => file.Name)
                .Select(file => new ArchivedFile { Name = file.Name, Blob = file.Blob }),
            $"{key.FormType}-{key.RecordId}-{folder}",
            request.Choice,
            cancellationToken);
        return archive.Layout.Count > 0 ? archive : throw RecordQueries.FolderNotFound(folder);
    }
}
