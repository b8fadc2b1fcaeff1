using System.Diagnostics.Metrics;
using Attachments.Application.Content.Blobs;
using Attachments.Domain.Previews;

namespace Attachments.Application.Previews;

/// <summary>The metrics of previews.</summary>
public sealed class PreviewMetrics
{
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60],
    };

    private readonly Counter<long> renderings;
    private readonly Histogram<double> duration;
    private readonly UpDownCounter<long> queue;
    private readonly Counter<long> turnedAway;

    public PreviewMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ContentMetrics.MeterName);
        renderings = meter.CreateCounter<long>(
            "attachments.previews.renderings", "{image}", "Images that were decoded for previews, or could not be.");
        duration = meter.CreateHistogram(
            "attachments.previews.duration", "s", "From the start of the decoding until its result was known.", advice: Durations);
        queue = meter.CreateUpDownCounter<long>("attachments.previews.queue", "{image}", "Images that wait to be decoded.");
        turnedAway = meter.CreateCounter<long>("attachments.previews.turned_away", "{request}", "Requests that found the queue full.");
    }

    public void RecordRendering(PreviewRefusal? refusal, TimeSpan elapsed)
    {
        renderings.Add(1, new KeyValuePair<string, object?>("outcome", ToTagValue(refusal)));
        duration.Record(elapsed.TotalSeconds);
    }

    public void RecordFailure() => renderings.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));

    public void RecordTurnedAway() => turnedAway.Add(1);

    public void AddToQueue(int images) => queue.Add(images);

    private static string ToTagValue(PreviewRefusal? refusal) => refusal switch
    {
        null => "made",
        PreviewRefusal.NotAnImage => "not_an_image",
        PreviewRefusal.Damaged => "damaged",
        PreviewRefusal.TooLarge => "too_large",
        PreviewRefusal.Crashed => "crashed",
        PreviewRefusal.TimedOut => "timed_out",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    };
}
