using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using Attachments.Domain.Records;
using MediatR;

namespace Attachments.Application.Records;

/// <summary>Deletes a file of a record. A folder without files no longer exists.</summary>
/// <param name="Key">The record.</param>
/// <param name="Place">The folder and the name.</param>
/// <param name="Preconditions">Of the file, which is there.</param>
public sealed record DeleteRecordFile(RecordKey Key, FilePlace Place, Preconditions Preconditions) : IRequest;

public sealed class DeleteRecordFileHandler(IAttachmentsDb db) : IRequestHandler<DeleteRecordFile>
{
    public Task<Unit> Handle(DeleteRecordFile request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var record = await db.LoadWithFile(request.Key, request.Place, token);
            var file = record.FindFileRepresentation(request.Place) ?? throw RecordQueries.FileNotFound(request.Place);
            request.Preconditions.RequireForWrite(file);
            record.Detach(request.Place);
            return Unit.Value;
        },
        cancellationToken);
}
