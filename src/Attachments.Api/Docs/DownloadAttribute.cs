using Attachments.Api.Http.Downloads;

namespace Attachments.Api.Docs;

/// <summary>Says of an action that it serves a file's bytes by a <see cref="StoredFileResult"/>, with all that comes with it.</summary>
/// <param name="mediaType">What it is served as; <c>*/*</c> where each file has its own type.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DownloadAttribute(string mediaType) : VersionedAttribute
{
    public string MediaType { get; } = mediaType;

    /// <summary>It honours <c>?disposition=inline</c>.</summary>
    public bool MayBeInline { get; init; }
}
