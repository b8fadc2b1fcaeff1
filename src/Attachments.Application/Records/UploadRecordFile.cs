using Attachments.Application.Common;
using Attachments.Application.Content;
using Attachments.Domain.Records;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>Attaches a file to a record, in place of the one of that name.</summary>
/// <param name="Key">The record.</param>
/// <param name="Place">The folder and the name.</param>
/// <param name="File">Finds the file in the request, once all that can be refused without it is not.</param>
/// <param name="Preconditions">
/// What must be true of the file that is there: checked before anything is received, and again in the transaction.
/// </param>
public sealed record UploadRecordFile(RecordKey Key, FilePlace Place, Func<Upload> File, Preconditions Preconditions)
    : IRequest, IRecordWriteRequest;

public sealed class UploadRecordFileHandler(IAttachmentsDb db, BlobWriter writer, TimeProvider time)
    : IRequestHandler<UploadRecordFile>
{
    private static readonly Func<DbContext, string, string, string, string, CancellationToken, Task<Record?>> Find =
        EF.CompileAsyncQuery((
            DbContext db, string formType, string recordId, string folder, string name, CancellationToken _) =>
            db.Set<Record>()
                .Include(record => record.Files.Where(file => file.Folder == folder && file.Name == name))
                .ThenInclude(file => file.Blob)
                .SingleOrDefault(record => record.FormType == formType && record.RecordId == recordId));

    public async Task<Unit> Handle(UploadRecordFile request, CancellationToken cancellationToken)
    {
        await using var reception = writer.Open();
        return await db.Change(
            token => Load(request, token),
            record => request.Preconditions.RequireForWrite(record.FileAt(request.Place)),
            () => reception.Receive(request.File(), cancellationToken),
            (record, file, token) => Attach(request.Place, record, file, reception, token),
            cancellationToken);
    }

    private async Task<Record> Load(UploadRecordFile request, CancellationToken cancellationToken) =>
        await Find(
            db.Context, request.Key.FormType, request.Key.RecordId, request.Place.Folder, request.Place.Name, cancellationToken)
            ?? throw RecordQueries.NotFound(request.Key);

    private async Task<Unit> Attach(
        FilePlace place, Record record, ReceivedFile file, Reception reception, CancellationToken cancellationToken)
    {
        var blob = await reception.Keep(file, cancellationToken);
        record.Attach(place, blob)?.Release(time.GetUtcNow());
        return Unit.Value;
    }
}
