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
        var all = db.Records.AsNoTracking().WhereKey(key).SelectMany(record => record.Files);
        var files = folder is null
            ? all.OrderBy(file => file.Folder)
                .ThenBy(file => file.Name)
                .Select(file => new ArchivedFile { Folder = file.Folder, Name = file.Name, Blob = file.Blob })
            : all.Where(file => file.Folder == folder)
                .OrderBy(file => file.Name)
                .Select(file => new ArchivedFile { Name = file.Name, Blob = file.Blob });
        var name = folder is null ? $"{key.FormType}-{key.RecordId}" : $"{key.FormType}-{key.RecordId}-{folder}";
        var archive = await builder.Build(files, name, request.Choice, cancellationToken);
        if (archive.Layout.Count == 0)
        {
            await db.Records.RequireExists(key, cancellationToken);
            return folder is null ? archive : throw RecordQueries.FolderNotFound(folder);
        }

        return archive;
    }
}
