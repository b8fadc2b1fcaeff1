using Attachments.Application.Common;
using Attachments.Application.Content;
using Attachments.Domain.Content;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.OwnedAttachments;

/// <summary>An attachment's file, by the name that it has now.</summary>
public sealed record GetOwnedAttachmentFile(long Id, string FileName) : IRequest<StoredFile>;

public sealed class GetOwnedAttachmentFileHandler(IAttachmentsDb db, Caller caller)
    : IRequestHandler<GetOwnedAttachmentFile, StoredFile>
{
    public async Task<StoredFile> Handle(GetOwnedAttachmentFile request, CancellationToken cancellationToken)
    {
        var found = await db.OwnedAttachments
            .AsNoTracking()
            .Where(attachment => attachment.Id == request.Id)
            .Select(attachment => new { attachment.OwnedByUser, attachment.OwnedByOrganisation, attachment.FileName, attachment.Blob })
            .SingleOrDefaultAsync(cancellationToken) ?? throw OwnedAttachmentQueries.NotFound(request.Id);
        caller.RequireUse(request.Id, found.OwnedByUser, found.OwnedByOrganisation);
        if (found.FileName != FileName.FromSegmentOrNull(request.FileName))
        {
            throw new NotFoundException("attachment_not_found", $"Attachment {request.Id} is not called '{request.FileName}'.");
        }

        return found.Blob is { MissingSince: null } blob
            ? StoredFile.Of(blob, found.FileName)
            : throw new GoneException("content_gone", $"The bytes of attachment {request.Id} are gone; its entry still stands.");
    }
}
