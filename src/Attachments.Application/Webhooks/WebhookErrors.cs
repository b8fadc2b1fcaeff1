using Attachments.Application.Errors;

namespace Attachments.Application.Webhooks;

/// <summary>Why a request for a webhook is refused.</summary>
internal static class WebhookErrors
{
    public static NotFoundException NotFound(Guid id) => new("webhook_not_found", $"There is no webhook '{id}'.");

    public static NotFoundException DeliveryNotFound(Guid changeId) =>
        new("delivery_not_found", $"The webhook has no delivery of a change '{changeId}'.");

    public static ConflictException Limit(int max) =>
        new("webhooks_limit", $"There can be {max} webhooks; Webhooks:MaxEndpoints can allow more.");

    public static ConflictException Disabled() => new("webhook_disabled", "The webhook is disabled: enable it first.");
}
