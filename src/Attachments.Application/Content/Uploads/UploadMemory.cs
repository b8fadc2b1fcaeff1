using Attachments.Application.Settings;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Content.Uploads;

/// <summary>
/// The memory for all the request bodies that are received at a time (<see cref="LimitsOptions.MaxUploadMemoryBytes"/>). A quarter of it is
/// for small bodies, and for the beginnings of those that do not say how long they are, so that none of these waits for large ones.
/// </summary>
public sealed class UploadMemory
{
    /// <summary>The most that one request takes of the quarter for small ones: less than the two pieces of a file that has several.</summary>
    public const int SmallBytes = (2 * UploadReceiver.MinPieceBytes) - 1;

    /// <summary>A document is held as it came, as a tree and as the texts made of it: about so many times its length.</summary>
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

    /// <summary>The least of <see cref="LimitsOptions.MaxUploadMemoryBytes"/> by which every request that is allowed can be received.</summary>
    /// <param name="limits">What is allowed.</param>
    /// <param name="pieceBytes">The piece in which files are stored.</param>
    public static long MinimumBytes(LimitsOptions limits, int pieceBytes)
    {
        var most = Math.Max(MaxForFiles(pieceBytes, isMultipart: true), MaxForDocument(limits));
        return ((most + 2) / 3) * 4;
    }

    /// <summary>What a body of files needs: one piece arrives while another is stored, and the small files of a form wait for the end.</summary>
    public static MemoryEstimate EstimateFiles(long? length, int pieceBytes, bool isMultipart)
    {
        var most = MaxForFiles(pieceBytes, isMultipart);
        return length is { } known
            ? new MemoryEstimate(Math.Min(2 * Math.Min(known, most), most))
            : new MemoryEstimate(SmallBytes, UploadReceiver.MinPieceBytes, most);
    }

    /// <summary>What a body needs that is a document.</summary>
    public MemoryEstimate EstimateDocument(long? length)
    {
        var most = MaxForDocument(limits);
        return length is { } known
            ? new MemoryEstimate(Math.Min(DocumentFactor * Math.Min(known, most), most))
            : new MemoryEstimate(SmallBytes, SmallBytes / DocumentFactor, most);
    }

    /// <summary>What the text fields of a form need, beside its files.</summary>
    public static long EstimateFields(long length) => length * DocumentFactor;

    private static long MaxForFiles(int pieceBytes, bool isMultipart) => (2L * pieceBytes) + (isMultipart ? 2 * UploadReceiver.MaxBufferedBytes : 0);

    private static long MaxForDocument(LimitsOptions limits) => (long)DocumentFactor * limits.MaxDocumentBytes;
}

/// <summary>The memory that a body needs.</summary>
/// <param name="Initial">Before its first byte is read, in bytes.</param>
/// <param name="Threshold">Once so many bytes of it have been read, it needs <paramref name="Maximum"/>.</param>
/// <param name="Maximum">However long it may be.</param>
public sealed record MemoryEstimate(long Initial, long Threshold = long.MaxValue, long Maximum = 0);
