using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Links;

/// <summary>Uses a revocable link for a download, before its first byte is sent.</summary>
/// <param name="LinkId">The link.</param>
/// <param name="FromStart">The first byte of the file is sent, so that it counts. Other ranges continue an earlier use.</param>
public sealed record UseLink(Guid LinkId, bool FromStart) : IRequest;

public sealed class UseLinkHandler(IAttachmentsDb db, TimeProvider time) : IRequestHandler<UseLink>
{
    /// <exception cref="GoneException"><c>link_used</c>, <c>link_revoked</c></exception>
    public async Task<Unit> Handle(UseLink request, CancellationToken cancellationToken)
    {
        if (request.FromStart)
        {
            await db.CountDownload(request.LinkId, time.GetUtcNow(), cancellationToken);
            return Unit.Value;
        }

        var link = await db.Links.AsNoTracking().SingleOrDefaultAsync(link => link.Id == request.LinkId, cancellationToken);
        return link is { MaxUses: null } || link?.MayResume(time.GetUtcNow()) == true ? Unit.Value : throw LinkErrors.Used();
    }
}
