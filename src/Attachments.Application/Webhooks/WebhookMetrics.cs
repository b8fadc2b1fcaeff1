using System.Diagnostics.Metrics;
using Attachments.Application.Content.Blobs;

namespace Attachments.Application.Webhooks;

/// <summary>The metrics of webhooks, as they were last measured.</summary>
public sealed class WebhookMetrics
{
    private IReadOnlyList<WebhookMeasure> measured = [];

    public WebhookMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ContentMetrics.MeterName);
        meter.CreateObservableGauge(
            "attachments.webhooks.lag",
            () => measured.Select(it => new Measurement<double>(it.Lag.TotalSeconds, Label(it))),
            "s",
            "Age of the oldest change that an active webhook has not got; 0 if it has all.");
        meter.CreateObservableGauge(
            "attachments.webhooks.dead",
            () => measured.Select(it => new Measurement<long>(it.Dead, Label(it))),
            "{delivery}",
            "Deliveries given up that are still kept.");
    }

    /// <summary>Says what is true of all webhooks now.</summary>
    public void Record(IReadOnlyList<WebhookMeasure> webhooks) => measured = webhooks;

    private static KeyValuePair<string, object?> Label(WebhookMeasure webhook) => new("webhook", $"{webhook.Id:D}");
}

/// <summary>What is measured of a webhook.</summary>
public sealed record WebhookMeasure(Guid Id, TimeSpan Lag, long Dead);
