using Attachments.Application.Persistence;
using Attachments.Domain.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Webhooks;

public static class PendingDeliveries
{
    private const string WebhookDisabled = "webhook_disabled";

    /// <summary>
    /// Gives up the pending deliveries of a webhook that is disabled or begins anew, in the open change. The webhook's row is saved first:
    /// whoever changes both takes it before the deliveries, so that two cannot deadlock.
    /// </summary>
    public static async Task GiveUpPending(this IAttachmentsDb db, Guid webhookId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        await db.WebhookDeliveries
            .Where(delivery => delivery.WebhookId == webhookId && delivery.State == DeliveryState.Pending && !delivery.IsTest)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(delivery => delivery.State, DeliveryState.Dead)
                    .SetProperty(delivery => delivery.EndedAt, now)
                    .SetProperty(delivery => delivery.NextAt, (DateTimeOffset?)null)
                    .SetProperty(delivery => delivery.LeaseId, (Guid?)null)
                    .SetProperty(delivery => delivery.LeasedUntil, (DateTimeOffset?)null)
                    .SetProperty(delivery => delivery.Error, delivery => delivery.Error ?? WebhookDisabled),
                cancellationToken);
    }
}
