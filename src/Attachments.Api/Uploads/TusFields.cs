namespace Attachments.Api.Uploads;

/// <summary>The header fields of tus 1.0 (https://tus.io/protocols/resumable-upload), and those that later drafts share with it.</summary>
internal static class TusFields
{
    public const string Resumable = "Tus-Resumable";
    public const string SupportedVersions = "Tus-Version";
    public const string Extension = "Tus-Extension";
    public const string MaxSize = "Tus-Max-Size";
    public const string ChecksumAlgorithm = "Tus-Checksum-Algorithm";
    public const string Offset = "Upload-Offset";
    public const string Length = "Upload-Length";
    public const string DeferLength = "Upload-Defer-Length";
    public const string Metadata = "Upload-Metadata";
    public const string Checksum = "Upload-Checksum";
    public const string Concat = "Upload-Concat";
    public const string Expires = "Upload-Expires";
    public const string Complete = "Upload-Complete";
    public const string Limit = "Upload-Limit";
    public const string MethodOverride = "X-HTTP-Method-Override";
    public const string AcceptPatch = "Accept-Patch";

    /// <summary>The only version.</summary>
    public const string Version = "1.0.0";

    /// <summary>The media type of bytes that are added to an upload.</summary>
    public const string Chunk = "application/offset+octet-stream";
}
