using Attachments.Application.Access;
using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.OwnedAttachments;

/// <summary>Downloads an attachment's file by its current name.</summary>
/// <param name="Id">The attachment.</param>
/// <param name="FileName">The name in the request.</param>
/// <param name="Whole">Its bytes are likely to be wanted, all of them.</param>
public sealed record DownloadOwnedAttachment(long Id, string FileName, bool Whole) : IRequest<StoredFile>;

public sealed class DownloadOwnedAttachmentHandler(IAttachmentsDb db, BlobReader reader, Caller caller)
    : IRequestHandler<DownloadOwnedAttachment, StoredFile>
{
    private static readonly Func<DbContext, long, byte[]?, CancellationToken, Task<OwnedFile?>> Find =
        EF.CompileAsyncQuery((DbContext db, long id, byte[]? unless, CancellationToken _) =>
            db.Set<OwnedAttachment>()
                .AsNoTracking()
                .Where(attachment => attachment.Id == id)
                .Select(attachment => new OwnedFile
                {
                    FileName = attachment.FileName,
                    Blob = attachment.Blob,
                    Content = SmallContent.Read(attachment.Blob, unless),
                    OwnedByUser = attachment.OwnedByUser,
                    OwnedByOrganisation = attachment.OwnedByOrganisation,
                })
                .SingleOrDefault());

    public async Task<StoredFile> Handle(DownloadOwnedAttachment request, CancellationToken cancellationToken)
    {
        var (found, stored) = await reader.Find(
            unless => Find(db.Context, request.Id, unless, cancellationToken), request, request.Whole)
            ?? throw OwnedAttachmentQueries.NotFound(request.Id);
        caller.RequireUse(request.Id, found.OwnedByUser, found.OwnedByOrganisation);
        if (found.FileName != FileName.FromSegmentOrNull(request.FileName))
        {
            throw new NotFoundException("attachment_not_found", $"Attachment {request.Id} does not have the name '{request.FileName}'.");
        }

        return stored
            ?? throw new GoneException("content_gone", $"The bytes of attachment {request.Id} were deleted; its entry still stands.");
    }

    private sealed class OwnedFile : FoundFile
    {
        public required Guid OwnedByUser { get; init; }

        public required long? OwnedByOrganisation { get; init; }
    }
}
