using Attachments.Domain.Content;

namespace Attachments.Domain.Previews;

/// <summary>
/// What is known of one preview of a stored image: the blob that has it, or why there is none. It belongs to the blob that it was made of,
/// and goes with it.
/// </summary>
public sealed class Preview
{
    private Preview(Guid sourceBlobId, string recipe, string preset)
    {
        SourceBlobId = sourceBlobId;
        Recipe = recipe;
        Preset = preset;
    }

    /// <summary>The blob of the image.</summary>
    public Guid SourceBlobId { get; private set; }

    /// <summary>Names the size and the program that made it: another recipe makes another preview.</summary>
    public string Recipe { get; private set; }

    /// <summary>The name of its size.</summary>
    public string Preset { get; private set; }

    /// <summary>The blob that has it; null: there is none.</summary>
    public Guid? BlobId { get; private set; }

    public Blob? Blob { get; private set; }

    /// <summary>Why there is none; null: there is one.</summary>
    public PreviewRefusal? Refusal { get; private set; }

    /// <summary>When it is tried once more; null: never.</summary>
    public DateTimeOffset? RetryAt { get; private set; }

    /// <summary>One of which nothing is known yet.</summary>
    public static Preview Begin(Guid sourceBlobId, string recipe, string preset) => new(sourceBlobId, recipe, preset);

    /// <summary>It has been made.</summary>
    public void Complete(Blob blob)
    {
        (Blob, BlobId) = (blob, blob.Id);
        (Refusal, RetryAt) = (null, null);
    }

    /// <summary>It cannot be made. If it took too long, it is tried once more.</summary>
    /// <param name="refusal">Why.</param>
    /// <param name="retryAt">When that would be.</param>
    public void Refuse(PreviewRefusal refusal, DateTimeOffset retryAt)
    {
        var isFirst = Refusal is null;
        Refusal = refusal;
        RetryAt = refusal == PreviewRefusal.TimedOut && isFirst ? retryAt : null;
    }
}

/// <summary>Why there is no preview. The values are stored; never renumber them.</summary>
public enum PreviewRefusal
{
    /// <summary>It is not an image of a known format.</summary>
    NotAnImage = 0,

    /// <summary>It cannot be decoded.</summary>
    Damaged = 1,

    /// <summary>It has too many pixels, or its preview too many bytes.</summary>
    TooLarge = 2,

    /// <summary>The decoder crashed, or took more memory or time of the processor than it may.</summary>
    Crashed = 3,

    /// <summary>The decoder did not end in time, which can be the fault of a busy machine.</summary>
    TimedOut = 4,
}
