using Attachments.Application.Access;
using Attachments.Application.Persistence;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.OwnedAttachments;

/// <summary>Reads an attachment's metadata.</summary>
public sealed record GetOwnedAttachment(long Id) : IRequest<OwnedAttachmentDto>;

public sealed class GetOwnedAttachmentHandler(IAttachmentsDb db, Caller caller, IConfigurationProvider mappings)
    : IRequestHandler<GetOwnedAttachment, OwnedAttachmentDto>
{
    public async Task<OwnedAttachmentDto> Handle(GetOwnedAttachment request, CancellationToken cancellationToken)
    {
        var attachment = await db.OwnedAttachments
            .Where(attachment => attachment.Id == request.Id)
            .ProjectTo<OwnedAttachmentDto>(mappings)
            .SingleOrDefaultAsync(cancellationToken) ?? throw OwnedAttachmentQueries.NotFound(request.Id);
        caller.RequireUse(request.Id, attachment.OwnedByUser, attachment.OwnedByOrganisation);
        return attachment;
    }
}
