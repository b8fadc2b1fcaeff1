using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Links;

/// <summary>Counts the uses of a link, each by one conditional update, so that requests at the same time cannot exceed the limit.</summary>
internal static class LinkUses
{
    /// <summary>Counts a download that is about to begin.</summary>
    /// <exception cref="GoneException"><c>link_used</c>, <c>link_revoked</c></exception>
    public static async Task CountDownload(this IAttachmentsDb db, Guid linkId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await db.Count(linkId, now, orRevoked: false, cancellationToken) == 0)
        {
            throw await db.Links.AnyAsync(link => link.Id == linkId && link.RevokedAt != null, cancellationToken)
                ? LinkErrors.Revoked()
                : LinkErrors.Used();
        }
    }

    /// <summary>
    /// Counts an upload in the open change that stores it. A link that was revoked since the upload began still counts: what has begun
    /// ends whole.
    /// </summary>
    /// <exception cref="GoneException"><c>link_used</c>: other uploads were faster.</exception>
    public static async Task CountUpload(this IAttachmentsDb db, Guid linkId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await db.Count(linkId, now, orRevoked: true, cancellationToken) == 0)
        {
            throw LinkErrors.Used();
        }
    }

    private static Task<int> Count(
        this IAttachmentsDb db, Guid linkId, DateTimeOffset now, bool orRevoked, CancellationToken cancellationToken) => db.Links
        .Where(link => link.Id == linkId
            && (orRevoked || link.RevokedAt == null)
            && (link.MaxUses == null || link.Uses < link.MaxUses))
        .ExecuteUpdateAsync(
            set => set.SetProperty(link => link.Uses, link => link.Uses + 1).SetProperty(link => link.LastUsedAt, now), cancellationToken);
}
