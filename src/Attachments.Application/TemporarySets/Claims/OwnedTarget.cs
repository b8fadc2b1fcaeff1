using Attachments.Application.Access;
using Attachments.Application.OwnedAttachments;
using Attachments.Domain.Content;
using Attachments.Domain.OwnedAttachments;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.TemporarySets.Claims;

/// <summary>Owned attachments, one of each file, which belong to the owner of the set and are described by the files' names.</summary>
/// <param name="Organisation">The organisation that they are shared with; null for none.</param>
public sealed record OwnedTarget(long? Organisation) : ClaimTarget
{
    public override void RequireAccess(Caller caller) => caller.RequireSharingWith(Organisation);

    public override async Task<Claimed> Take(ClaimedSet claimed, CancellationToken cancellationToken)
    {
        var attachments = (await claimed.LoadItems(cancellationToken))
            .Select(item => OwnedAttachment.Create(
                item.Blob, FileName.Stored(item.FileName), item.Name, claimed.Set.OwnerId, Organisation, claimed.Now))
            .ToList();
        claimed.Db.OwnedAttachments.AddRange(attachments);
        await claimed.Db.SaveChangesAsync(cancellationToken);
        var ids = attachments.Select(attachment => attachment.Id).ToArray();
        return new ClaimedAsOwned(await claimed.Db.OwnedAttachments
            .Where(attachment => ids.Contains(attachment.Id))
            .OrderBy(attachment => attachment.Id)
            .ProjectTo<OwnedAttachmentDto>(claimed.Mappings)
            .ToListAsync(cancellationToken));
    }
}

/// <summary>The new attachments, in upload order.</summary>
public sealed record ClaimedAsOwned(IReadOnlyList<OwnedAttachmentDto> Attachments) : Claimed;
