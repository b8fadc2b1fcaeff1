using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Webhooks;

internal static class WebhookQueries
{
    /// <summary>Those that have not been deleted.</summary>
    public static IQueryable<Webhook> Present(this DbSet<Webhook> webhooks) => webhooks.Where(webhook => webhook.DeletedAt == null);

    /// <summary>Loads a webhook in an open change.</summary>
    /// <exception cref="NotFoundException"><c>webhook_not_found</c></exception>
    /// <exception cref="PreconditionFailedException"><c>precondition_failed</c></exception>
    public static async Task<Webhook> LoadForChange(
        this IAttachmentsDb db, Guid id, Preconditions preconditions, CancellationToken cancellationToken)
    {
        var webhook = await db.Webhooks.Present().SingleOrDefaultAsync(webhook => webhook.Id == id, cancellationToken)
            ?? throw WebhookErrors.NotFound(id);
        preconditions.RequireForWrite(new CurrentRepresentation(EntityTag.FromVersion(webhook.Id, webhook.Revision), modifiedAt: null));
        return webhook;
    }

    /// <exception cref="NotFoundException"><c>webhook_not_found</c></exception>
    public static async Task RequireWebhook(this IAttachmentsDb db, Guid id, CancellationToken cancellationToken)
    {
        if (!await db.Webhooks.Present().AnyAsync(webhook => webhook.Id == id, cancellationToken))
        {
            throw WebhookErrors.NotFound(id);
        }
    }

    /// <summary>The position in the feed that was given last.</summary>
    public static Task<long> GetLastPosition(this IAttachmentsDb db, CancellationToken cancellationToken) =>
        db.Feeds.Select(feed => feed.LastPosition).SingleAsync(cancellationToken);
}
