using System.Text.Json;
using Attachments.Application.Access;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Text;
using Attachments.Domain.Webhooks;
using MediatR;

namespace Attachments.Application.Webhooks;

/// <summary>Sends something of the type <see cref="Type"/> to a webhook, once, also if it is disabled.</summary>
/// <param name="Id">The webhook.</param>
/// <param name="Preconditions">Of the webhook.</param>
public sealed record TestWebhook(Guid Id, Preconditions Preconditions) : IRequest<Guid>
{
    public const string Type = "webhook.test";
}

public sealed class TestWebhookHandler(IAttachmentsDb db, Caller caller, TimeProvider time) : IRequestHandler<TestWebhook, Guid>
{
    /// <returns>The id of the delivery.</returns>
    /// <exception cref="NotFoundException"><c>webhook_not_found</c></exception>
    public Task<Guid> Handle(TestWebhook request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var webhook = await db.LoadForChange(request.Id, request.Preconditions, token);
            var now = time.GetUtcNow();
            var id = Guid.CreateVersion7(now);
            db.WebhookDeliveries.Add(WebhookDelivery.Test(
                webhook.Id, id, await db.GetLastPosition(token), TestWebhook.Type, Write(webhook, id, now), now));
            return id;
        },
        cancellationToken);

    /// <summary>In the form of a change.</summary>
    private byte[] Write(Webhook webhook, Guid id, DateTimeOffset now) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        id,
        type = TestWebhook.Type,
        timestamp = Rfc3339.FormatMilliseconds(now),
        by = caller.UserId,
        revision = webhook.Revision,
        subject = $"/v1/webhooks/{webhook.Id:D}",
        data = new { webhook = webhook.Id },
    });
}
