using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Records;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>Queries and checks shared by the use cases of records.</summary>
internal static class RecordQueries
{
    private static readonly Func<DbContext, string, string, string, string, CancellationToken, Task<Record?>> FindWithFile =
        EF.CompileAsyncQuery((
            DbContext db, string formType, string recordId, string folder, string name, CancellationToken _) =>
            db.Set<Record>()
                .Include(record => record.Files.Where(file => file.Folder == folder && file.Name == name))
                .ThenInclude(file => file.Blob)
                .SingleOrDefault(record => record.FormType == formType && record.RecordId == recordId));

    public static IQueryable<Record> WhereKey(this IQueryable<Record> records, RecordKey key) =>
        records.Where(record => record.FormType == key.FormType && record.RecordId == key.RecordId);

    /// <summary>A record with the file at a place, if it has it.</summary>
    /// <exception cref="NotFoundException">There is no such record.</exception>
    public static async Task<Record> LoadWithFile(
        this IAttachmentsDb db, RecordKey key, FilePlace place, CancellationToken cancellationToken) =>
        await FindWithFile(db.Context, key.FormType, key.RecordId, place.Folder, place.Name, cancellationToken) ?? throw NotFound(key);

    /// <summary>Records with those files of a folder that have one of these names.</summary>
    public static IQueryable<Record> IncludeFiles(this IQueryable<Record> records, string folder, IReadOnlyCollection<string> names) =>
        records
            .Include(record => record.Files.Where(file => file.Folder == folder && names.Contains(file.Name)))
            .ThenInclude(file => file.Blob);

    /// <exception cref="NotFoundException">There is no such record.</exception>
    public static async Task RequireExists(this IQueryable<Record> records, RecordKey key, CancellationToken cancellationToken)
    {
        if (!await records.WhereKey(key).AnyAsync(cancellationToken))
        {
            throw NotFound(key);
        }
    }

    /// <summary>The record as preconditions see it; null where there is none.</summary>
    public static async Task<CurrentRepresentation?> FindRepresentation(
        this IQueryable<Record> records, RecordKey key, CancellationToken cancellationToken)
    {
        var found = await records.WhereKey(key)
            .Select(record => new { record.Id, record.Revision }).SingleOrDefaultAsync(cancellationToken);
        return found is null ? null : Representation(found.Id, found.Revision);
    }

    /// <summary>The file at a place of a loaded record, as preconditions see it; null where there is none.</summary>
    public static CurrentRepresentation? FindFileRepresentation(this Record record, FilePlace place) =>
        CurrentRepresentation.From(record.BlobAt(place));

    public static CurrentRepresentation Representation(this Record record) => Representation(record.Id, record.Revision);

    public static CurrentRepresentation Representation(Guid id, long revision) => new(EntityTag.FromVersion(id, revision), null);

    public static NotFoundException NotFound(RecordKey key) => new("record_not_found", $"Record '{key}' does not exist.");

    public static NotFoundException FolderNotFound(string folder) => new("folder_not_found", $"The record has no folder '{folder}'.");

    public static NotFoundException FileNotFound(FilePlace place) =>
        new("attachment_not_found", $"The record has no file '{place}'.");

    /// <summary>
    /// Checks that the id in a document, if there is one, is that of the addressed record (JSON:API 1.1, "Updating Resources").
    /// </summary>
    /// <exception cref="ConflictException"><c>id_conflict</c>: it is, or of none at all.</exception>
    public static void RequireKey(this RecordDraft draft, RecordKey key)
    {
        if (draft.Id is not null && !key.Matches(draft.Id))
        {
            throw new ConflictException("id_conflict", $"The id in the document is not that of the record addressed, '{key}'.");
        }
    }
}
