using System.Diagnostics.Metrics;
using Attachments.Application.Content.Blobs;

namespace Attachments.Application.Changes;

/// <summary>The metrics of the change feed.</summary>
public sealed class FeedMetrics
{
    private readonly Counter<long> numbered;
    private readonly Gauge<double> unnumberedAge;

    public FeedMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ContentMetrics.MeterName);
        numbered = meter.CreateCounter<long>("attachments.changes.numbered", "{change}", "Changes that this process gave a position.");
        unnumberedAge = meter.CreateGauge<double>(
            "attachments.changes.unnumbered_age", "s", "Age of the oldest change without a position; 0 if all have one.");
    }

    /// <summary>This process gave so many changes a position.</summary>
    public void RecordNumbered(long count) => numbered.Add(count);

    /// <summary>Records how long the oldest change waits for its position.</summary>
    public void RecordUnnumberedAge(TimeSpan age) => unnumberedAge.Record(age.TotalSeconds);
}
