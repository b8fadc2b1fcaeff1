using Attachments.Application.Changes;
using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using Attachments.Application.Pipeline;
using Attachments.Domain.Changes;
using AutoMapper;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Webhooks;

/// <summary>Sends a webhook again what came after a place in the feed, and enables it if it is disabled.</summary>
/// <param name="Id">The webhook.</param>
/// <param name="After">Reads the cursor of the place; null: the oldest change that is kept.</param>
/// <param name="Preconditions">Of the webhook.</param>
public sealed record ReplayWebhook(Guid Id, ReadBody<string?> After, Preconditions Preconditions) : IRequest<WebhookDto>;

public sealed class ReplayWebhookHandler(IAttachmentsDb db, IMapper mapper, TimeProvider time) : IRequestHandler<ReplayWebhook, WebhookDto>
{
    /// <exception cref="NotFoundException"><c>webhook_not_found</c></exception>
    /// <exception cref="InvalidRequestException"><c>cursor_invalid</c></exception>
    /// <exception cref="GoneException"><c>cursor_expired</c></exception>
    public async Task<WebhookDto> Handle(ReplayWebhook request, CancellationToken cancellationToken)
    {
        await db.RequireWebhook(request.Id, cancellationToken);
        var text = await request.After(cancellationToken);
        return await db.Change(token => Replay(request, text, token), cancellationToken);
    }

    private async Task<WebhookDto> Replay(ReplayWebhook request, string? after, CancellationToken cancellationToken)
    {
        var webhook = await db.LoadForChange(request.Id, request.Preconditions, cancellationToken);
        var position = GetPosition(after, await db.Feeds.AsNoTracking().SingleAsync(cancellationToken));
        var wasActive = webhook.IsActive;
        webhook.Replay(position);
        if (!wasActive)
        {
            await db.GiveUpPending(webhook.Id, time.GetUtcNow(), cancellationToken);
        }

        return mapper.Map<WebhookDto>(webhook);
    }

    private static long GetPosition(string? after, Feed feed)
    {
        if (after is null or ReadChanges.Latest)
        {
            return after is null ? feed.ExpiredPosition : feed.LastPosition;
        }

        var cursor = ChangeCursor.Parse(after);
        cursor.RequireIn(feed);
        return cursor.Position;
    }
}
