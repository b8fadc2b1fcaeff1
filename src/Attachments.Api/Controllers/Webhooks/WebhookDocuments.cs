using System.Text;
using System.Text.Json.Serialization;
using Attachments.Application.Paging;
using Attachments.Application.Text;
using Attachments.Application.Webhooks;
using Attachments.Domain.Webhooks;

namespace Attachments.Api.Controllers.Webhooks;

/// <summary>A webhook.</summary>
/// <param name="Id">The webhook.</param>
/// <param name="Url">Where changes are sent.</param>
/// <param name="Types">The types of changes that it gets; none: all.</param>
/// <param name="Project">Only what happens in this project, if it is there.</param>
/// <param name="FormType">Only what happens to records of this form type, if it is there.</param>
/// <param name="Description">For those who read the list.</param>
/// <param name="State">`active` or `disabled`.</param>
/// <param name="DisabledReason">
/// If it is disabled, why: `requested`, by an administrator; `gone`, the receiver answered 410; `failing`, no try succeeded for five days;
/// `changes_expired`, changes were removed from the feed before they could be delivered.
/// </param>
/// <param name="DisabledAt">If it is disabled, since when, in UTC (RFC 3339).</param>
/// <param name="CreatedAt">In UTC (RFC 3339).</param>
/// <param name="Secret">Signs what is sent. It is shown only when the webhook is made, and when the secret is rotated.</param>
public sealed record WebhookDocument(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("types")] IReadOnlyList<string> Types,
    [property: JsonPropertyName("project"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Project,
    [property: JsonPropertyName("form_type"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FormType,
    [property: JsonPropertyName("description")] string Description,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("disabled_reason"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DisabledReason,
    [property: JsonPropertyName("disabled_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DisabledAt,
    [property: JsonPropertyName("created_at")] string CreatedAt,
    [property: JsonPropertyName("secret"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret)
{
    internal static WebhookDocument From(WebhookWithSecret made) => From(made.Webhook) with { Secret = made.Secret };

    internal static WebhookDocument From(WebhookDto webhook) => new(
        webhook.Id,
        webhook.Url,
        webhook.Types,
        webhook.ProjectId,
        webhook.FormType,
        webhook.Description,
        webhook.DisabledAt is null ? "active" : "disabled",
        webhook.DisabledReason,
        WebhookTime.Format(webhook.DisabledAt),
        Rfc3339.FormatMilliseconds(webhook.CreatedAt),
        Secret: null);
}

/// <summary>All webhooks.</summary>
/// <param name="Webhooks">The oldest first.</param>
public sealed record WebhookListDocument([property: JsonPropertyName("webhooks")] IReadOnlyList<WebhookDocument> Webhooks);

/// <summary>A test that was asked for.</summary>
/// <param name="Change">The `webhook-id` that it is sent with, and its delivery is listed by.</param>
public sealed record WebhookTestDocument([property: JsonPropertyName("change")] Guid Change);

/// <summary>A page of deliveries.</summary>
/// <param name="Deliveries">The newest change first.</param>
/// <param name="Next">The cursor of the next page, if there is one.</param>
public sealed record DeliveryListDocument(
    [property: JsonPropertyName("deliveries")] IReadOnlyList<DeliveryDocument> Deliveries,
    [property: JsonPropertyName("next"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next)
{
    internal static DeliveryListDocument From(Page<DeliveryDto> page) => new([.. page.Items.Select(DeliveryDocument.From)], page.Next);
}

/// <summary>What became of a change on its way to a webhook.</summary>
/// <param name="Change">The id of the change.</param>
/// <param name="Type">What happened, such as `session.attachment.stored`.</param>
/// <param name="State">`pending`, until it succeeds or the tries end; `delivered`; `dead`.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="CreatedAt">When it was first due, in UTC (RFC 3339).</param>
/// <param name="NextAttemptAt">If it is tried again, not before this time.</param>
/// <param name="LastAttemptAt">If it was tried.</param>
/// <param name="EndedAt">When it was delivered or given up.</param>
/// <param name="Status">The status of the last answer, if there was one.</param>
/// <param name="Error">
/// Why the last try failed: `answered_with_failure`, `timed_out`, `name_not_resolved`, `address_refused`, `connection_failed`, `tls_failed`,
/// `connection_lost`, `answer_invalid`, `url_refused`; or `webhook_disabled`.
/// </param>
/// <param name="Answer">The first 1024 bytes of the last answer's body, read as UTF-8.</param>
public sealed record DeliveryDocument(
    [property: JsonPropertyName("change")] Guid Change,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("attempts")] int Attempts,
    [property: JsonPropertyName("created_at")] string CreatedAt,
    [property: JsonPropertyName("next_attempt_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextAttemptAt,
    [property: JsonPropertyName("last_attempt_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LastAttemptAt,
    [property: JsonPropertyName("ended_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? EndedAt,
    [property: JsonPropertyName("status"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Status,
    [property: JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error,
    [property: JsonPropertyName("answer"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Answer)
{
    internal static DeliveryDocument From(DeliveryDto delivery) => new(
        delivery.ChangeId,
        delivery.Type,
        delivery.State switch
        {
            DeliveryState.Pending => "pending",
            DeliveryState.Delivered => "delivered",
            DeliveryState.Dead => "dead",
            _ => throw new ArgumentOutOfRangeException(nameof(delivery)),
        },
        delivery.Attempts,
        Rfc3339.FormatMilliseconds(delivery.CreatedAt),
        WebhookTime.Format(delivery.NextAt),
        WebhookTime.Format(delivery.LastAt),
        WebhookTime.Format(delivery.EndedAt),
        delivery.Status,
        delivery.Error,
        delivery.Answer is null ? null : Encoding.UTF8.GetString(delivery.Answer));
}

internal static class WebhookTime
{
    public static string? Format(DateTimeOffset? time) =>
        time is { } known ? Rfc3339.FormatMilliseconds(known) : null;
}
