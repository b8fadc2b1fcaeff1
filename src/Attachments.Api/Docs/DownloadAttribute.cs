using Attachments.Api.Http.Downloads;

namespace Attachments.Api.Docs;

/// <summary>Marks an action that serves a file with a <see cref="StoredFileResult"/>: ranges, digests and preconditions.</summary>
/// <param name="mediaType">The media type of the response; <c>*/*</c> if each file has its own.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DownloadAttribute(string mediaType) : VersionedAttribute
{
    public string MediaType { get; } = mediaType;

    /// <summary>Whether it honours <c>?disposition=inline</c>.</summary>
    public bool MayBeInline { get; init; }
}
