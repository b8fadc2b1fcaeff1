using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Domain.Records;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>The file at a place of a record.</summary>
/// <param name="Key">The record.</param>
/// <param name="Place">The folder and the name.</param>
/// <param name="Whole">Its bytes are likely to be wanted, all of them.</param>
public sealed record DownloadRecordFile(RecordKey Key, FilePlace Place, bool Whole) : IRequest<StoredFile>;

public sealed class DownloadRecordFileHandler(IAttachmentsDb db, BlobReader reader) : IRequestHandler<DownloadRecordFile, StoredFile>
{
    private static readonly Func<DbContext, string, string, string, string, byte[]?, CancellationToken, Task<FoundFile?>> Find =
        EF.CompileAsyncQuery((
            DbContext db, string formType, string recordId, string folder, string name, byte[]? unless, CancellationToken _) =>
            db.Set<Record>()
                .AsNoTracking()
                .Where(record => record.FormType == formType && record.RecordId == recordId)
                .SelectMany(record => record.Files)
                .Where(file => file.Folder == folder && file.Name == name)
                .Select(file => new FoundFile
                {
                    FileName = FileName.FromStored(file.Name),
                    Blob = file.Blob,
                    Content = SmallContent.Read(file.Blob, unless),
                })
                .SingleOrDefault());

    public async Task<StoredFile> Handle(DownloadRecordFile request, CancellationToken cancellationToken)
    {
        var (key, place) = (request.Key, request.Place);
        var found = await reader.Find(
            unless => Find(
                db.Context, key.FormType, key.RecordId, place.Folder, place.Name, unless, cancellationToken),
            request,
            request.Whole);
        if (found is { Stored: { } file })
        {
            return file;
        }

        await db.Records.RequireExists(key, cancellationToken);
        throw RecordQueries.FileNotFound(place);
    }
}
