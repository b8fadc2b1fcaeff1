using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Links;

/// <summary>Revokes a link of the caller's, or anybody's for an administrator. It stays in the list.</summary>
/// <param name="Id">The link.</param>
/// <param name="Preconditions">Of the link, which is there.</param>
public sealed record RevokeLink(Guid Id, Preconditions Preconditions) : IRequest;

public sealed class RevokeLinkHandler(IAttachmentsDb db, Caller caller, TimeProvider time) : IRequestHandler<RevokeLink>
{
    public Task<Unit> Handle(RevokeLink request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var link = await db.Links.SingleOrDefaultAsync(link => link.Id == request.Id, token);
            if (link is null || (link.MadeBy != caller.UserId && !caller.IsAdmin))
            {
                throw LinkErrors.NotFound(request.Id);
            }

            request.Preconditions.RequireForWrite(CurrentRepresentation.Untagged);
            link.Revoke(time.GetUtcNow());
            return Unit.Value;
        },
        cancellationToken);
}
