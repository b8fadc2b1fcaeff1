using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Domain.Webhooks;
using AutoMapper;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Webhooks;

/// <summary>Makes a webhook, which gets the changes from now on.</summary>
/// <param name="Fields">Reads the body.</param>
/// <param name="Preconditions">Of a webhook that is not there yet.</param>
public sealed record CreateWebhook(ReadBody<WebhookFields> Fields, Preconditions Preconditions) : IRequest<WebhookWithSecret>;

public sealed class CreateWebhookHandler(
    IAttachmentsDb db,
    IValidator<WebhookFields> validator,
    WebhookTargets targets,
    IOptions<WebhooksOptions> options,
    IMapper mapper,
    TimeProvider time)
    : IRequestHandler<CreateWebhook, WebhookWithSecret>
{
    /// <exception cref="InvalidRequestException"><c>webhook_url_refused</c>, <c>validation_failed</c></exception>
    /// <exception cref="ConflictException"><c>webhooks_limit</c></exception>
    public async Task<WebhookWithSecret> Handle(CreateWebhook request, CancellationToken cancellationToken)
    {
        request.Preconditions.RequireForWrite(null);
        var fields = await request.Fields(cancellationToken);
        await validator.ValidateAndThrowAsync(fields, cancellationToken);
        var url = fields.Url ?? throw new InvalidRequestException("webhook_url_refused", "The url is missing.");
        targets.RequireUrl(url);
        return await db.Change(token => Create(url, fields, token), cancellationToken);
    }

    private async Task<WebhookWithSecret> Create(string url, WebhookFields fields, CancellationToken cancellationToken)
    {
        await LockFeed(cancellationToken);
        if (await db.Webhooks.Present().CountAsync(cancellationToken) >= options.Value.MaxEndpoints)
        {
            throw WebhookErrors.Limit(options.Value.MaxEndpoints);
        }

        var now = time.GetUtcNow();
        var webhook = Webhook.Create(url, await db.GetLastPosition(cancellationToken), now);
        fields.ApplyTo(webhook);
        if (fields.IsActive == false)
        {
            webhook.Disable(DisabledReasons.Requested, now);
        }

        db.Webhooks.Add(webhook);
        return new WebhookWithSecret(mapper.Map<WebhookDto>(webhook), webhook.Secret);
    }

    /// <summary>Lets those who make webhooks count them one after another.</summary>
    private Task<int> LockFeed(CancellationToken cancellationToken) => db.Feeds.ExecuteUpdateAsync(
        set => set.SetProperty(feed => feed.LastPosition, feed => feed.LastPosition), cancellationToken);
}
