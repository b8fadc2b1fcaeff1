using Attachments.Application.Access;
using Attachments.Application.OwnedAttachments;
using Attachments.Application.Persistence;
using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets.Claims;

/// <summary>Claims that create owned attachments.</summary>
internal sealed class OwnedClaims(IAttachmentsDb db, Caller caller, IConfigurationProvider mappings) : IClaimDestination<OwnedTarget>
{
    public void RequireAccess(OwnedTarget target) => caller.RequireSharingWith(target.Organisation);

    public async Task<Claimed> Attach(OwnedTarget target, ClaimedSet claimed, CancellationToken cancellationToken)
    {
        var attachments = claimed.Items
            .Select(item => OwnedAttachment.Create(
                item.Blob, FileName.FromStored(item.FileName), item.Name, claimed.Set.OwnerId, target.Organisation, claimed.Now))
            .ToList();
        db.OwnedAttachments.AddRange(attachments);
        await db.SaveChangesAsync(cancellationToken);
        var ids = attachments.Select(attachment => attachment.Id).ToArray();
        return new ClaimedAsOwned(await db.OwnedAttachments
            .Where(attachment => ids.Contains(attachment.Id))
            .OrderBy(attachment => attachment.Id)
            .ProjectTo<OwnedAttachmentDto>(mappings)
            .ToListAsync(cancellationToken));
    }
}
