using Attachments.Application.Common;
using Attachments.Application.Content;
using Attachments.Domain.Content;
using Attachments.Domain.Records;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>The file at a place of a record.</summary>
public sealed record GetRecordFile(RecordKey Key, FilePlace Place) : IRequest<StoredFile>, IRecordReadRequest;

public sealed class GetRecordFileHandler(IAttachmentsDb db) : IRequestHandler<GetRecordFile, StoredFile>
{
    public async Task<StoredFile> Handle(GetRecordFile request, CancellationToken cancellationToken)
    {
        var blob = await db.Records
            .AsNoTracking()
            .Of(request.Key)
            .SelectMany(record => record.Files)
            .At(request.Place)
            .Select(file => file.Blob)
            .SingleOrDefaultAsync(cancellationToken);
        if (blob is not null)
        {
            return StoredFile.Of(blob, FileName.Stored(request.Place.Name));
        }

        await db.Records.Require(request.Key, cancellationToken);
        throw RecordQueries.FileNotFound(request.Place);
    }
}
