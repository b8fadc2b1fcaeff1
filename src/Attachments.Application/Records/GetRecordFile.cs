using Attachments.Application.Common;
using Attachments.Application.Content;
using Attachments.Domain.Content;
using Attachments.Domain.Records;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Records;

/// <summary>The file at a place of a record.</summary>
/// <param name="Key">The record.</param>
/// <param name="Place">The folder and the name.</param>
/// <param name="Whole">Its bytes are likely to be wanted, all of them.</param>
public sealed record GetRecordFile(RecordKey Key, FilePlace Place, bool Whole) : IRequest<StoredFile>, IRecordReadRequest;

public sealed class GetRecordFileHandler(IAttachmentsDb db, BlobReader reader) : IRequestHandler<GetRecordFile, StoredFile>
{
    public async Task<StoredFile> Handle(GetRecordFile request, CancellationToken cancellationToken)
    {
        var name = FileName.Stored(request.Place.Name);
        var files = db.Records
            .AsNoTracking()
            .Of(request.Key)
            .SelectMany(record => record.Files)
            .At(request.Place)
            .Select(file => new HeldFile { FileName = name, Blob = file.Blob });
        if (await reader.Find(files, request, request.Whole, cancellationToken) is { Stored: { } found })
        {
            return found;
        }

        await db.Records.Require(request.Key, cancellationToken);
        throw RecordQueries.FileNotFound(request.Place);
    }
}
