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
public sealed record UploadRecordFile(RecordKey Key, FilePlace Place, ReadBody<IncomingFile> File, Preconditions Preconditions)
    : IRequest;

public sealed class UploadRecordFileHandler(IAttachmentsDb db, Uploader uploader) : IRequestHandler<UploadRecordFile>
{
    public Task<Unit> Handle(UploadRecordFile request, CancellationToken cancellationToken) => uploader.Upload(
        new RecordFileDestination(db, request.Key, request.Place, request.Preconditions),
        async (_, receiver, token) => await receiver.Receive(await request.File(token), token),
        cancellationToken);
}

/// <summary>A place of a record, whose file the upload replaces.</summary>
internal sealed class RecordFileDestination(IAttachmentsDb db, RecordKey key, FilePlace place, Preconditions preconditions)
    : UploadDestination<Record, ReceivedFile, Unit>
{
    public override async Task<Record> Load(CancellationToken cancellationToken)
    {
        var record = await db.LoadWithFile(key, place, cancellationToken);
        preconditions.RequireForWrite(record.FindFileRepresentation(place));
        return record;
    }

    public override async Task<Unit> Attach(
        Record record, ReceivedFile file, UploadReceiver receiver, CancellationToken cancellationToken)
    {
        record.Attach(place, await receiver.Complete(file, cancellationToken));
        return Unit.Value;
    }
}
