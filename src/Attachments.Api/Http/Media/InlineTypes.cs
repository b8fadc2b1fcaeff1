using System.Collections.Frozen;

namespace Attachments.Api.Http.Media;

/// <summary>The media types that a browser may show in place, because none of them can run a script.</summary>
internal static class InlineTypes
{
    private const string Pdf = "application/pdf";

    private static readonly FrozenSet<string> Shown = new[]
    {
        Pdf, "image/avif", "image/gif", "image/jpeg", "image/png", "image/webp", "text/plain",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Despite their names these are not media: playlists of URLs to fetch, and containers that can carry scripts.
    private static readonly FrozenSet<string> NotMedia = new[]
    {
        "audio/mpegurl", "audio/x-mpegurl", "audio/x-ms-wax", "audio/x-pn-realaudio", "audio/x-scpls", "video/mpegurl",
        "video/vnd.mpegurl", "video/vnd.sealed.swf", "video/x-mpegurl", "video/x-ms-asf", "video/x-ms-asx", "video/x-ms-wmx",
        "video/x-ms-wvx",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <param name="contentType">Its parameters have no say.</param>
    public static bool Contains(string contentType)
    {
        var type = GetEssence(contentType);
        return Shown.Contains(type) || (IsMedia(type) && !NotMedia.Contains(type));
    }

    /// <summary>The policy under which a browser shows one that is allowed as a page of its own, and lets it run nothing.</summary>
    public static string PolicyFor(string contentType) => GetEssence(contentType) switch
    {
        var type when IsMedia(type) => ContentPolicy.Media,
        var type when type.Equals(Pdf, StringComparison.OrdinalIgnoreCase) => ContentPolicy.Pdf,
        _ => ContentPolicy.Sandbox,
    };

    private static string GetEssence(string contentType) => contentType.Split(';')[0].Trim(' ', '\t');

    private static bool IsMedia(string type) =>
        (type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) || type.StartsWith("video/", StringComparison.OrdinalIgnoreCase))
        && !type.EndsWith("xml", StringComparison.OrdinalIgnoreCase);
}
