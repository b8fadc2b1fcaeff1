using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Domain.Webhooks;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Webhooks;

/// <summary>
/// Sends a change to a webhook again, with all tries, whatever became of it. One that is pending is tried now, and how a try
/// that is going on ends no longer counts.
/// </summary>
/// <param name="WebhookId">The webhook.</param>
/// <param name="ChangeId">The change.</param>
/// <param name="Preconditions">Of the webhook.</param>
public sealed record RetryDelivery(Guid WebhookId, Guid ChangeId, Preconditions Preconditions) : IRequest;

public sealed class RetryDeliveryHandler(IAttachmentsDb db, TimeProvider time) : IRequestHandler<RetryDelivery>
{
    /// <exception cref="NotFoundException"><c>webhook_not_found</c>, <c>delivery_not_found</c></exception>
    /// <exception cref="ConflictException"><c>webhook_disabled</c></exception>
    public Task<Unit> Handle(RetryDelivery request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var webhook = await db.LoadForChange(request.WebhookId, request.Preconditions, token);
            var delivery = db.WebhookDeliveries
                .Where(delivery => delivery.WebhookId == request.WebhookId && delivery.ChangeId == request.ChangeId);
            if (!await delivery.AnyAsync(token))
            {
                throw WebhookErrors.DeliveryNotFound(request.ChangeId);
            }

            if (!webhook.IsActive && !await delivery.AnyAsync(delivery => delivery.IsTest, token))
            {
                throw WebhookErrors.Disabled();
            }

            var now = time.GetUtcNow();
            await delivery.ExecuteUpdateAsync(
                set => set
                    .SetProperty(delivery => delivery.State, DeliveryState.Pending)
                    .SetProperty(delivery => delivery.Attempts, 0)
                    .SetProperty(delivery => delivery.NextAt, now)
                    .SetProperty(delivery => delivery.EndedAt, (DateTimeOffset?)null)
                    .SetProperty(delivery => delivery.LeaseId, (Guid?)null)
                    .SetProperty(delivery => delivery.LeasedUntil, (DateTimeOffset?)null),
                token);
            return Unit.Value;
        },
        cancellationToken);
}
