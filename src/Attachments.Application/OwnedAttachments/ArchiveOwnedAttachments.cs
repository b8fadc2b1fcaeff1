using Attachments.Application.Access;
using Attachments.Application.Archives;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.OwnedAttachments;

/// <summary>Some attachments in one archive.</summary>
/// <param name="Ids">Unique.</param>
/// <param name="Choice">What else the request says.</param>
public sealed record ArchiveOwnedAttachments(AttachmentIds Ids, ArchiveChoice Choice) : IRequest<Archive>;

public sealed class ArchiveOwnedAttachmentsHandler(IAttachmentsDb db, Caller caller, ArchiveBuilder builder)
    : IRequestHandler<ArchiveOwnedAttachments, Archive>
{
    /// <exception cref="NotFoundException"><c>attachment_not_found</c>: one of them does not exist.</exception>
    /// <exception cref="ForbiddenException"><c>attachment_forbidden</c>: the caller may not use one of them.</exception>
    public async Task<Archive> Handle(ArchiveOwnedAttachments request, CancellationToken cancellationToken)
    {
        var ids = request.Ids.Ascending;

        // What is checked is what is sent: one statement finds both.
        var found = await db.OwnedAttachments
            .AsNoTracking()
            .Where(attachment => ids.Contains(attachment.Id))
            .Select(attachment => new
            {
                attachment.Id,
                attachment.OwnedByUser,
                attachment.OwnedByOrganisation,
                attachment.FileName,
                attachment.Blob,
            })
            .ToDictionaryAsync(attachment => attachment.Id, cancellationToken);
        var files = new List<ArchivedFile>(ids.Count);
        foreach (var id in ids)
        {
            var attachment = found.GetValueOrDefault(id) ?? throw OwnedAttachmentQueries.NotFound(id);
            caller.RequireUse(id, attachment.OwnedByUser, attachment.OwnedByOrganisation);
            files.Add(new ArchivedFile { Name = attachment.FileName.Value, Blob = attachment.Blob });
        }

        return await builder.Build(files, "attachments", request.Choice, cancellationToken);
    }
}
