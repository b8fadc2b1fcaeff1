using Attachments.Application.Errors;

namespace Attachments.Application.Previews;

/// <summary>404: there is no preview of this file, and there will be none.</summary>
public sealed class NoPreviewException()
    : RequestException("no_preview", "There is no preview of this file: it is not an image that can be read, or it is too large.");

/// <summary>503: the preview is not ready.</summary>
/// <param name="retryAfter">How long to wait before the next request.</param>
public sealed class PreviewBusyException(TimeSpan retryAfter)
    : UnavailableException("preview_busy", "The preview is not ready yet; try again.")
{
    /// <summary>For a preview that is likely to be ready soon.</summary>
    public static PreviewBusyException Soon => new(TimeSpan.FromSeconds(2));

    public TimeSpan RetryAfter { get; } = retryAfter;
}
