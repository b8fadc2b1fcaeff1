using Attachments.Application.Persistence;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Webhooks;

/// <summary>All webhooks, the oldest first. There are at most <see cref="WebhooksOptions.MaxEndpoints"/>.</summary>
public sealed record ListWebhooks : IRequest<IReadOnlyList<WebhookDto>>;

public sealed class ListWebhooksHandler(IAttachmentsDb db, IConfigurationProvider mappings)
    : IRequestHandler<ListWebhooks, IReadOnlyList<WebhookDto>>
{
    public async Task<IReadOnlyList<WebhookDto>> Handle(ListWebhooks request, CancellationToken cancellationToken) =>
        await db.Webhooks.Present().OrderBy(webhook => webhook.Id).ProjectTo<WebhookDto>(mappings).ToListAsync(cancellationToken);
}
