using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Domain.Webhooks;
using AutoMapper;
using FluentValidation;
using MediatR;

namespace Attachments.Application.Webhooks;

/// <summary>Changes what is sent of a webhook. One that is enabled again gets the changes from then on.</summary>
/// <param name="Id">The webhook.</param>
/// <param name="Fields">Reads the body.</param>
/// <param name="Preconditions">Of the webhook.</param>
public sealed record UpdateWebhook(Guid Id, ReadBody<WebhookFields> Fields, Preconditions Preconditions) : IRequest<WebhookDto>;

public sealed class UpdateWebhookHandler(
    IAttachmentsDb db, IValidator<WebhookFields> validator, WebhookTargets targets, IMapper mapper, TimeProvider time)
    : IRequestHandler<UpdateWebhook, WebhookDto>
{
    /// <exception cref="NotFoundException"><c>webhook_not_found</c></exception>
    /// <exception cref="InvalidRequestException"><c>webhook_url_refused</c>, <c>validation_failed</c></exception>
    public async Task<WebhookDto> Handle(UpdateWebhook request, CancellationToken cancellationToken)
    {
        await db.RequireWebhook(request.Id, cancellationToken);
        var fields = await request.Fields(cancellationToken);
        await validator.ValidateAndThrowAsync(fields, cancellationToken);
        if (fields.Url is not null)
        {
            targets.RequireUrl(fields.Url);
        }

        return await db.Change(token => Update(request, fields, token), cancellationToken);
    }

    private async Task<WebhookDto> Update(UpdateWebhook request, WebhookFields fields, CancellationToken cancellationToken)
    {
        var webhook = await db.LoadForChange(request.Id, request.Preconditions, cancellationToken);
        webhook.MoveTo(fields.Url ?? webhook.Url);
        fields.ApplyTo(webhook);
        if (fields.IsActive is { } active && active != webhook.IsActive)
        {
            await Switch(webhook, active, cancellationToken);
        }

        return mapper.Map<WebhookDto>(webhook);
    }

    private async Task Switch(Webhook webhook, bool active, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (active)
        {
            webhook.Enable(await db.GetLastPosition(cancellationToken));
        }
        else
        {
            webhook.Disable(DisabledReasons.Requested, now);
        }

        await db.GiveUpPending(webhook.Id, now, cancellationToken);
    }
}
