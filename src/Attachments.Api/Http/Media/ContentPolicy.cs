namespace Attachments.Api.Http.Media;

/// <summary>
/// The Content Security Policies (Level 3) of stored files. None allows scripts: there is no <c>script-src</c>, and no sandbox allows them.
/// </summary>
internal static class ContentPolicy
{
    /// <summary>Allows nothing, and gives the content an origin other than the service's.</summary>
    public const string Sandbox = "default-src 'none'; sandbox";

    /// <summary>
    /// Nothing but to be played: the page that a browser makes around a sound or a video asks for it again by ranges, with the credentials
    /// of its own origin.
    /// </summary>
    public const string Media = "default-src 'none'; media-src 'self'; sandbox allow-same-origin";

    /// <summary>
    /// Allows only the browser's PDF viewer. A viewer that is a plug-in is an object in a page with styles, and no sandbox allows it.
    /// </summary>
    public const string Pdf = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'";
}
