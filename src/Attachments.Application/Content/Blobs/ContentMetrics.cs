using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Attachments.Application.Content.Blobs;

/// <summary>The metrics of uploads, downloads and the sweeper (OpenTelemetry naming; sizes in <c>By</c>, durations in <c>s</c>).</summary>
public sealed class ContentMetrics
{
    public const string MeterName = "Attachments";

    /// <summary>The buckets range from a thumbnail over a slow connection to gigabytes.</summary>
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
    };

    private static readonly InstrumentAdvice<long> Sizes = new()
    {
        HistogramBucketBoundaries =
            [0, 1 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20, 1L << 30, 4L << 30],
    };

    private readonly Counter<long> uploads;
    private readonly Histogram<long> uploadBytes;
    private readonly Histogram<double> uploadDuration;
    private readonly Counter<long> downloads;
    private readonly Histogram<long> downloadBytes;
    private readonly Histogram<double> downloadDuration;
    private readonly Counter<long> sweptBlobs;
    private readonly Counter<long> sweptBytes;
    private readonly Counter<long> passedOver;
    private readonly Gauge<long> blobs;
    private readonly Gauge<long> openUploads;
    private readonly Counter<long> resumed;
    private readonly Counter<long> takenOver;
    private readonly Counter<long> readBack;

    public ContentMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        uploads = meter.CreateCounter<long>("attachments.uploads", "{upload}", "Files received.");
        uploadBytes = meter.CreateHistogram("attachments.upload.bytes", "By", "Sizes of the files received.", advice: Sizes);
        uploadDuration = meter.CreateHistogram(
            "attachments.upload.duration", "s", "From the first byte to the last, at the pace of the client.", advice: Durations);
        downloads = meter.CreateCounter<long>("attachments.downloads", "{download}", "Downloads of files and ranges that have ended.");
        downloadBytes = meter.CreateHistogram("attachments.download.bytes", "By", "Bytes sent in a download.", advice: Sizes);
        downloadDuration = meter.CreateHistogram(
            "attachments.download.duration", "s", "From the first byte to the last, at the pace of the client.", advice: Durations);
        sweptBlobs = meter.CreateCounter<long>("attachments.sweep.blobs", "{blob}", "Blobs reclaimed.");
        sweptBytes = meter.CreateCounter<long>("attachments.sweep.bytes", "By", "Bytes reclaimed.");
        passedOver = meter.CreateCounter<long>(
            "attachments.sweep.passed_over", "{blob}", "Attempts to reclaim a blob that its store refused.");
        blobs = meter.CreateGauge<long>("attachments.blobs", "{blob}", "Blobs that exist, as they were last counted.");
        openUploads = meter.CreateGauge<long>("attachments.uploads.open", "{upload}", "Resumable uploads that have not ended, as they were last counted.");
        resumed = meter.CreateCounter<long>("attachments.uploads.resumed", "{request}", "Requests that went on with an upload.");
        takenOver = meter.CreateCounter<long>(
            "attachments.uploads.taken_over", "{request}", "Requests that were interrupted because another took over their upload.");
        readBack = meter.CreateCounter<long>(
            "attachments.uploads.read_back", "By", "Bytes of resumable uploads that were read again for their digests.");
    }

    /// <summary>Records a file that was received completely and verified.</summary>
    public void RecordUpload(UploadPath path, long bytes, TimeSpan duration)
    {
        var tags = new TagList { { "outcome", "received" }, { "path", ToTagValue(path) } };
        uploads.Add(1, tags);
        uploadBytes.Record(bytes, tags);
        uploadDuration.Record(duration.TotalSeconds, tags);
    }

    /// <summary>Records an upload that was refused or did not complete.</summary>
    public void RecordFailedUpload(TimeSpan duration)
    {
        var tags = new TagList { { "outcome", "failed" } };
        uploads.Add(1, tags);
        uploadDuration.Record(duration.TotalSeconds, tags);
    }

    /// <summary>Records the current number of resumable uploads that have not ended.</summary>
    public void RecordOpenUploads(long count) => openUploads.Record(count);

    /// <summary>A request goes on with a resumable upload.</summary>
    public void RecordResumed() => resumed.Add(1);

    /// <summary>A request lost its upload to another.</summary>
    public void RecordTakenOver() => takenOver.Add(1);

    /// <summary>Bytes were read again for the digests of an upload.</summary>
    public void RecordReadBack(long bytes) => readBack.Add(bytes);

    /// <summary>Records a download that has ended.</summary>
    /// <param name="family">The family of the file.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="bytes">How much of the file was sent.</param>
    /// <param name="duration">From the first byte to the last.</param>
    public void RecordDownload(FileFamily family, DownloadOutcome outcome, long bytes, TimeSpan duration)
    {
        var tags = new TagList { { "family", ToTagValue(family) }, { "outcome", ToTagValue(outcome) } };
        downloads.Add(1, tags);
        downloadBytes.Record(bytes, tags);
        downloadDuration.Record(duration.TotalSeconds, tags);
    }

    /// <summary>The sweeper deleted <paramref name="count"/> blobs that held <paramref name="bytes"/>.</summary>
    public void RecordReclaimed(ReclaimReason reason, long count, long bytes)
    {
        var tags = new TagList { { "reason", ToTagValue(reason) } };
        sweptBlobs.Add(count, tags);
        sweptBytes.Add(bytes, tags);
    }

    /// <summary>The sweeper could not delete <paramref name="count"/> blobs, and left them to a later pass.</summary>
    public void RecordPassedOver(long count) => passedOver.Add(count);

    /// <summary>Records the current number of blobs of a kind.</summary>
    public void RecordCount(BlobKind kind, long count) => blobs.Record(count, new KeyValuePair<string, object?>("state", ToTagValue(kind)));

    private static string ToTagValue(UploadPath path) => path switch
    {
        UploadPath.Small => "small",
        UploadPath.Chunked => "chunked",
        UploadPath.Resumable => "resumable",
        _ => throw new ArgumentOutOfRangeException(nameof(path)),
    };

    private static string ToTagValue(FileFamily family) => family switch
    {
        FileFamily.Sessions => "sessions",
        FileFamily.Records => "records",
        FileFamily.TemporarySets => "temporary_sets",
        FileFamily.OwnedAttachments => "owned_attachments",
        _ => throw new ArgumentOutOfRangeException(nameof(family)),
    };

    private static string ToTagValue(DownloadOutcome outcome) => outcome switch
    {
        DownloadOutcome.Whole => "whole",
        DownloadOutcome.Range => "range",
        DownloadOutcome.Aborted => "aborted",
        DownloadOutcome.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private static string ToTagValue(ReclaimReason reason) => reason switch
    {
        ReclaimReason.Released => "released",
        ReclaimReason.Abandoned => "abandoned",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    private static string ToTagValue(BlobKind kind) => kind switch
    {
        BlobKind.Pending => "pending",
        BlobKind.Stored => "stored",
        BlobKind.Released => "released",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

/// <summary>How an upload was written: in one piece, in several, or over several requests.</summary>
public enum UploadPath
{
    Small,
    Chunked,
    Resumable,
}

/// <summary>The API that a file is downloaded by.</summary>
public enum FileFamily
{
    Sessions,
    Records,
    TemporarySets,
    OwnedAttachments,
}

/// <summary>How a download ended.</summary>
public enum DownloadOutcome
{
    /// <summary>All bytes of the file were sent.</summary>
    Whole,

    /// <summary>The bytes of a range were sent.</summary>
    Range,

    /// <summary>The client went away.</summary>
    Aborted,

    /// <summary>The bytes could not be read.</summary>
    Failed,
}

/// <summary>Why a blob's bytes were deleted.</summary>
public enum ReclaimReason
{
    /// <summary>Nothing referred to it any longer.</summary>
    Released,

    /// <summary>Its upload stopped making progress.</summary>
    Abandoned,
}

/// <summary>The kinds of blobs in the metrics. Each blob has exactly one.</summary>
public enum BlobKind
{
    /// <summary>Still arriving.</summary>
    Pending,

    /// <summary>Stored and referred to.</summary>
    Stored,

    /// <summary>Stored, no longer referred to, and not yet reclaimed.</summary>
    Released,
}
