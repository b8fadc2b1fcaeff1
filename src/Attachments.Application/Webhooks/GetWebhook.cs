using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Attachments.Application.Webhooks;

/// <summary>A webhook.</summary>
public sealed record GetWebhook(Guid Id) : IRequest<WebhookDto>;

public sealed class GetWebhookHandler(IAttachmentsDb db, IConfigurationProvider mappings) : IRequestHandler<GetWebhook, WebhookDto>
{
    /// <exception cref="NotFoundException"><c>webhook_not_found</c></exception>
    public async Task<WebhookDto> Handle(GetWebhook request, CancellationToken cancellationToken) => await db.Webhooks.Present()
        .Where(webhook => webhook.Id == request.Id)
        .ProjectTo<WebhookDto>(mappings)
        .SingleOrDefaultAsync(cancellationToken) ?? throw WebhookErrors.NotFound(request.Id);
}
