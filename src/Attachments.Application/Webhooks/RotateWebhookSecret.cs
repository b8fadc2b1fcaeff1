using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using AutoMapper;
using MediatR;

namespace Attachments.Application.Webhooks;

/// <summary>Gives a webhook a new secret. The old one signs along for a day.</summary>
/// <param name="Id">The webhook.</param>
/// <param name="Preconditions">Of the webhook.</param>
public sealed record RotateWebhookSecret(Guid Id, Preconditions Preconditions) : IRequest<WebhookWithSecret>;

public sealed class RotateWebhookSecretHandler(IAttachmentsDb db, IMapper mapper, TimeProvider time)
    : IRequestHandler<RotateWebhookSecret, WebhookWithSecret>
{
    /// <exception cref="NotFoundException"><c>webhook_not_found</c></exception>
    public Task<WebhookWithSecret> Handle(RotateWebhookSecret request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            var webhook = await db.LoadForChange(request.Id, request.Preconditions, token);
            webhook.Rotate(time.GetUtcNow());
            return new WebhookWithSecret(mapper.Map<WebhookDto>(webhook), webhook.Secret);
        },
        cancellationToken);
}
