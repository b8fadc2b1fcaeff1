using Attachments.Application.Access;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Links;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Links;

/// <summary>Checks at the start of a request that a revocable link still grants it.</summary>
/// <param name="Granted">By a genuine token, with a <see cref="GrantedRequest.LinkId"/>.</param>
/// <param name="IsPrefetch">A browser asks for it in case somebody wants it.</param>
public sealed record OpenLink(GrantedRequest Granted, bool IsPrefetch) : IRequest;

public sealed class OpenLinkHandler(IAttachmentsDb db, TimeProvider time) : IRequestHandler<OpenLink>
{
    private static readonly Func<DbContext, Guid, CancellationToken, Task<Link?>> Find =
        EF.CompileAsyncQuery((DbContext db, Guid id, CancellationToken _) =>
            db.Set<Link>().AsNoTracking().SingleOrDefault(link => link.Id == id));

    /// <exception cref="ForbiddenException"><c>link_invalid</c>: nobody made it. <c>prefetch_refused</c></exception>
    /// <exception cref="GoneException"><c>link_revoked</c>, <c>link_used</c></exception>
    public async Task<Unit> Handle(OpenLink request, CancellationToken cancellationToken)
    {
        var granted = request.Granted;
        var link = await Find(db.Context, granted.LinkId!.Value, cancellationToken);
        if (link is null || link.Method != granted.Method || link.Target != granted.Target)
        {
            throw LinkErrors.Invalid();
        }

        if (link.RevokedAt is not null)
        {
            throw LinkErrors.Revoked();
        }

        if (link.MaxUses <= link.Uses && (granted.Method != "GET" || !link.MayResume(time.GetUtcNow())))
        {
            throw LinkErrors.Used();
        }

        // Served without being counted, it would be a way around the limit.
        return link.MaxUses is not null && request.IsPrefetch
            ? throw new ForbiddenException("prefetch_refused", "A link of limited uses cannot be prefetched.")
            : Unit.Value;
    }
}

internal static class LinkResumption
{
    /// <summary>How long after a use the rest of a file may be asked for.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    public static bool MayResume(this Link link, DateTimeOffset now) => link.LastUsedAt is { } last && now < last + Window;
}
