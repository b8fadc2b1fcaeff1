namespace Attachments.Application.Settings;

/// <summary>The section <c>Limits</c>.</summary>
public sealed class LimitsOptions
{
    public const string Section = "Limits";

    /// <summary>The largest file accepted, in bytes.</summary>
    public long MaxUploadBytes { get; init; } = 5L << 30;

    /// <summary>The most parts that one multipart request may have.</summary>
    public int MaxParts { get; init; } = 500;

    /// <summary>The largest rawData value of a session's point, in bytes after decoding.</summary>
    public int MaxRawDataBytes { get; init; } = 64 << 10;

    /// <summary>The maximum size of a session with all its points, in bytes: names, texts and embedded bytes, without the files.</summary>
    public long MaxSessionBytes { get; init; } = 16 << 20;

    /// <summary>
    /// The maximum size of a request without its files, in bytes: a JSON or urlencoded body, or the text fields of a multipart one.
    /// </summary>
    public int MaxDocumentBytes { get; init; } = 16 << 20;

    /// <summary>The memory for all the request bodies that are received at a time, in bytes.</summary>
    public long MaxUploadMemoryBytes { get; init; } = 1L << 30;

    /// <summary>How long a request waits for a part of <see cref="MaxUploadMemoryBytes"/> before it is answered 503.</summary>
    public TimeSpan UploadWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a body may stall (no bytes, or next to none) before the request is answered 408. Time in which the service does not read
    /// does not count.
    /// </summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
