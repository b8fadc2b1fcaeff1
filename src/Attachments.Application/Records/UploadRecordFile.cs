using Attachments.Application.Conditional;
using Attachments.Application.Content.Uploads;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Domain.Records;
using MediatR;

namespace Attachments.Application.Records;

/// <summary>Attaches a file to a record, in place of the one of that name.</summary>
/// <param name="Key">The record.</param>
/// <param name="Place">The folder and the name.</param>
/// <param name="File">Finds the file in the request, once all that can be refused without it is not.</param>
/// <param name="Preconditions">
/// What must be true of the file that is there: checked before anything is received, and again in the transaction.
/// </param>
public sealed record UploadRecordFile(RecordKey Key, FilePlace Place, ReadBody<Upload> File, Preconditions Preconditions)
    : IRequest;

public sealed class UploadRecordFileHandler(IAttachmentsDb db, BlobWriter writer)
    : IRequestHandler<UploadRecordFile>
{
    public async Task<Unit> Handle(UploadRecordFile request, CancellationToken cancellationToken)
    {
        await using var reception = writer.Open();
        return await db.Change(
            token => db.RequireWithFileAt(request.Key, request.Place, token),
            record => request.Preconditions.RequireForWrite(record.FileAt(request.Place)),
            async () => await reception.Receive(await request.File(cancellationToken), cancellationToken),
            (record, file, token) => Attach(request.Place, record, file, reception, token),
            cancellationToken);
    }

    private static async Task<Unit> Attach(
        FilePlace place, Record record, ReceivedFile file, Reception reception, CancellationToken cancellationToken)
    {
        var blob = await reception.Keep(file, cancellationToken);
        record.Attach(place, blob);
        return Unit.Value;
    }
}
