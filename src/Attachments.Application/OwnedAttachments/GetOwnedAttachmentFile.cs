using Attachments.Application.Common;
using Attachments.Application.Content;
using Attachments.Domain.Content;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.OwnedAttachments;

/// <summary>An attachment's file, by the name that it has now.</summary>
/// <param name="Id">The attachment.</param>
/// <param name="FileName">What it is said to be called.</param>
/// <param name="Whole">Its bytes are likely to be wanted, all of them.</param>
public sealed record GetOwnedAttachmentFile(long Id, string FileName, bool Whole) : IRequest<StoredFile>;

public sealed class GetOwnedAttachmentFileHandler(IAttachmentsDb db, BlobReader reader, Caller caller)
    : IRequestHandler<GetOwnedAttachmentFile, StoredFile>
{
    public async Task<StoredFile> Handle(GetOwnedAttachmentFile request, CancellationToken cancellationToken)
    {
        var files = db.OwnedAttachments
            .AsNoTracking()
            .Where(attachment => attachment.Id == request.Id)
            .Select(attachment => new OwnedFile
            {
                FileName = attachment.FileName,
                Blob = attachment.Blob,
                OwnedByUser = attachment.OwnedByUser,
                OwnedByOrganisation = attachment.OwnedByOrganisation,
            });
        var (found, stored) = await reader.Find(files, request, request.Whole, cancellationToken)
            ?? throw OwnedAttachmentQueries.NotFound(request.Id);
        caller.RequireUse(request.Id, found.OwnedByUser, found.OwnedByOrganisation);
        if (found.FileName != FileName.FromSegmentOrNull(request.FileName))
        {
            throw new NotFoundException("attachment_not_found", $"Attachment {request.Id} is not called '{request.FileName}'.");
        }

        return found.Blob?.MissingSince is null && stored is not null
            ? stored
            : throw new GoneException("content_gone", $"The bytes of attachment {request.Id} are gone; its entry still stands.");
    }

    private sealed class OwnedFile : HeldFile
    {
        public required Guid OwnedByUser { get; init; }

        public required long? OwnedByOrganisation { get; init; }
    }
}
