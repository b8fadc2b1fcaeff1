using Attachments.Application.Settings;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Content.Uploads;

/// <summary>
/// The memory for all request bodies being received (<see cref="LimitsOptions.MaxUploadMemoryBytes"/>). A quarter of it is reserved for
/// small bodies and for the start of bodies of unknown length, so that these never wait for large ones.
/// </summary>
public sealed class UploadMemory
{
    /// <summary>
    /// The most that one request takes from the quarter for small bodies: less than the two pieces that a large file needs.
    /// </summary>
    public const int SmallBytes = (2 * UploadReceiver.MinPieceBytes) - 1;

    /// <summary>The memory that a document needs is about this multiple of its length: its bytes, its tree and its strings.</summary>
    private const int DocumentFactor = 4;

    private readonly LimitsOptions limits;

    public UploadMemory(IOptions<LimitsOptions> limits)
    {
        this.limits = limits.Value;
        Small = new MemoryBudget(this.limits.MaxUploadMemoryBytes / 4);
        Large = new MemoryBudget(this.limits.MaxUploadMemoryBytes - (this.limits.MaxUploadMemoryBytes / 4));
    }

    public MemoryBudget Small { get; }

    public MemoryBudget Large { get; }

    /// <summary>How long a request waits.</summary>
    public TimeSpan WaitTimeout => limits.UploadWait;

    /// <summary>The smallest <see cref="LimitsOptions.MaxUploadMemoryBytes"/> with which every allowed request can be received.</summary>
    /// <param name="limits">What is allowed.</param>
    /// <param name="pieceBytes">The piece in which files are stored.</param>
    public static long MinimumBytes(LimitsOptions limits, int pieceBytes)
    {
        var maximum = Math.Max(MaxForFiles(pieceBytes, isMultipart: true), MaxForDocument(limits));
        return ((maximum + 2) / 3) * 4;
    }

    /// <summary>
    /// The memory for a body of files: one piece arrives while another is stored, and the small files of a form wait for the end.
    /// </summary>
    public static MemoryEstimate EstimateFiles(long? length, int pieceBytes, bool isMultipart)
    {
        var maximum = MaxForFiles(pieceBytes, isMultipart);
        return length is { } known
            ? new MemoryEstimate(Math.Min(2 * Math.Min(known, maximum), maximum))
            : new MemoryEstimate(SmallBytes, UploadReceiver.MinPieceBytes, maximum);
    }

    /// <summary>The memory for a document.</summary>
    public MemoryEstimate EstimateDocument(long? length)
    {
        var maximum = MaxForDocument(limits);
        return length is { } known
            ? new MemoryEstimate(Math.Min(DocumentFactor * Math.Min(known, maximum), maximum))
            : new MemoryEstimate(SmallBytes, SmallBytes / DocumentFactor, maximum);
    }

    /// <summary>The memory for the text fields of a form.</summary>
    public static long EstimateFields(long length) => length * DocumentFactor;

    private static long MaxForFiles(int pieceBytes, bool isMultipart) =>
        (2L * pieceBytes) + (isMultipart ? 2 * UploadReceiver.MaxBufferedBytes : 0);

    private static long MaxForDocument(LimitsOptions limits) => (long)DocumentFactor * limits.MaxDocumentBytes;
}

/// <summary>The memory that a body needs.</summary>
/// <param name="Initial">The bytes needed before the first byte is read.</param>
/// <param name="Threshold">The number of bytes read after which <paramref name="Maximum"/> is needed.</param>
/// <param name="Maximum">The bytes needed for a body of any length.</param>
public sealed record MemoryEstimate(long Initial, long Threshold = long.MaxValue, long Maximum = 0);
