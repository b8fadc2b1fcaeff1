using Attachments.Application.Archives;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets;

/// <summary>All files of a set in one archive. A set that nobody uses has none.</summary>
/// <param name="TemporaryId">The set's id.</param>
/// <param name="Choice">What else the request says.</param>
public sealed record ArchiveTemporarySet(Guid TemporaryId, ArchiveChoice Choice) : IRequest<Archive>;

public sealed class ArchiveTemporarySetHandler(IAttachmentsDb db, TemporarySetAccess access, ArchiveBuilder builder)
    : IRequestHandler<ArchiveTemporarySet, Archive>
{
    /// <exception cref="NotFoundException"><c>temporary_set_not_found</c>: it is somebody else's.</exception>
    public async Task<Archive> Handle(ArchiveTemporarySet request, CancellationToken cancellationToken)
    {
        var set = await access.Find(db.TemporarySets.AsNoTracking(), request.TemporaryId, cancellationToken);
        var setId = set?.Id ?? Guid.Empty;
        var files = access.Items
            .AsNoTracking()
            .Where(item => item.Set.Id == setId)
            .OrderBy(item => item.Ordinal)
            .Select(item => new ArchivedFile { Name = item.FileName, Blob = item.Blob });
        return await builder.Build(files, $"{request.TemporaryId:D}", request.Choice, cancellationToken);
    }
}
