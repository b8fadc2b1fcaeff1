namespace Attachments.Api.Uploads;

/// <summary>
/// What Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload) has besides the header fields that <see cref="TusFields"/> shares
/// with it.
/// </summary>
internal static class RufhFields
{
    /// <summary>The version of the draft that a client speaks. Newer ones have none.</summary>
    public const string InteropVersion = "Upload-Draft-Interop-Version";

    /// <summary>The media type of bytes that are added to an upload.</summary>
    public const string Chunk = "application/partial-upload";
}
