using Attachments.Application.Conditional;
using Attachments.Application.Errors;
using Attachments.Application.Persistence;
using MediatR;

namespace Attachments.Application.Webhooks;

/// <summary>Deletes a webhook. The sweeper removes its deliveries.</summary>
/// <param name="Id">The webhook.</param>
/// <param name="Preconditions">Of the webhook.</param>
public sealed record DeleteWebhook(Guid Id, Preconditions Preconditions) : IRequest;

public sealed class DeleteWebhookHandler(IAttachmentsDb db, TimeProvider time) : IRequestHandler<DeleteWebhook>
{
    /// <exception cref="NotFoundException"><c>webhook_not_found</c></exception>
    public Task<Unit> Handle(DeleteWebhook request, CancellationToken cancellationToken) => db.Change(
        async token =>
        {
            (await db.LoadForChange(request.Id, request.Preconditions, token)).Delete(time.GetUtcNow());
            return Unit.Value;
        },
        cancellationToken);
}
