using Attachments.Api.Http.Media;

namespace Attachments.UnitTests.Http.Media;

internal sealed class InlineTypesTests
{
    [TestCase("image/png")]
    [TestCase("image/jpeg")]
    [TestCase("image/gif")]
    [TestCase("image/webp")]
    [TestCase("image/avif")]
    [TestCase("application/pdf")]
    [TestCase("text/plain")]
    [TestCase("audio/mpeg")]
    [TestCase("audio/ogg")]
    [TestCase("video/mp4")]
    [TestCase("video/quicktime")]
    [TestCase("IMAGE/PNG")]
    [TestCase("Video/MP4")]
    [TestCase("text/plain; charset=utf-8")]
    [TestCase("text/plain ;charset=utf-8")]
    public void Allow_what_cannot_run_script(string type) => InlineTypes.Contains(type).ShouldBeTrue();

    [TestCase("image/svg+xml")]
    [TestCase("image/svg")]
    [TestCase("text/html")]
    [TestCase("text/html; a=image/png")]
    [TestCase("text/xml")]
    [TestCase("text/css")]
    [TestCase("text/javascript")]
    [TestCase("application/xhtml+xml")]
    [TestCase("application/xml")]
    [TestCase("application/javascript")]
    [TestCase("application/octet-stream")]
    [TestCase("application/vnd.apple.mpegurl")]
    [TestCase("application/x-shockwave-flash")]
    [TestCase("audio/x-mpegurl")]
    [TestCase("Audio/MpegURL")]
    [TestCase("video/vnd.example+xml")]
    [TestCase("video/x-ms-asf")]
    [TestCase("multipart/mixed")]
    [TestCase("message/rfc822")]
    [TestCase("image/pngx")]
    [TestCase("ximage/png")]
    [TestCase("audio")]
    [TestCase("")]
    public void Allow_nothing_else(string type) => InlineTypes.Contains(type).ShouldBeFalse();
}
