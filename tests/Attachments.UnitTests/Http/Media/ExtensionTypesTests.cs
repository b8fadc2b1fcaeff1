using Attachments.Api.Http.Media;

namespace Attachments.UnitTests.Http.Media;

[TestFixture]
internal sealed class ExtensionTypesTests
{
    [TestCase("photo.jpg", "image/jpeg")]
    [TestCase("IMG_0001.HEIC", "image/heic")]
    [TestCase("a.heif", "image/heif")]
    [TestCase("a.hif", "image/heif")]
    [TestCase("a.jfif", "image/jpeg")]
    [TestCase("a.avif", "image/avif")]
    [TestCase("a.webp", "image/webp")]
    [TestCase("a.jxl", "image/jxl")]
    [TestCase("a.svg", "image/svg+xml")]
    [TestCase("a.dwg", "image/vnd.dwg")]
    [TestCase("a.odt", "application/vnd.oasis.opendocument.text")]
    [TestCase("a.ods", "application/vnd.oasis.opendocument.spreadsheet")]
    [TestCase("a.odp", "application/vnd.oasis.opendocument.presentation")]
    [TestCase("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [TestCase("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    [TestCase("a.pdf", "application/pdf")]
    [TestCase("a.epub", "application/epub+zip")]
    [TestCase("a.rtf", "application/rtf")]
    [TestCase("a.md", "text/markdown")]
    [TestCase("a.csv", "text/csv")]
    [TestCase("a.txt", "text/plain")]
    [TestCase("a.log", "text/plain")]
    [TestCase("a.vcf", "text/vcard")]
    [TestCase("a.ics", "text/calendar")]
    [TestCase("a.html", "text/html")]
    [TestCase("a.mjs", "text/javascript")]
    [TestCase("a.js", "text/javascript")]
    [TestCase("a.wasm", "application/wasm")]
    [TestCase("a.json", "application/json")]
    [TestCase("a.xml", "application/xml")]
    [TestCase("a.yaml", "application/yaml")]
    [TestCase("a.geojson", "application/geo+json")]
    [TestCase("a.kml", "application/vnd.google-earth.kml+xml")]
    [TestCase("a.zip", "application/zip")]
    [TestCase("a.7z", "application/x-7z-compressed")]
    [TestCase("a.rar", "application/vnd.rar")]
    [TestCase("a.tar.gz", "application/gzip")]
    [TestCase("a.exe", "application/x-msdos-program")]
    [TestCase("a.bin", "application/octet-stream")]
    [TestCase("a.mp4", "video/mp4")]
    [TestCase("a.m4a", "audio/mp4")]
    [TestCase("a.mov", "video/quicktime")]
    [TestCase("a.webm", "video/webm")]
    [TestCase("a.mkv", "video/matroska")]
    [TestCase("a.mp3", "audio/mpeg")]
    [TestCase("a.flac", "audio/flac")]
    [TestCase("a.wav", "audio/wav")]
    [TestCase("a.opus", "audio/ogg")]
    [TestCase("a.woff2", "font/woff2")]
    [TestCase("a.stl", "model/stl")]
    [TestCase("a.glb", "model/gltf-binary")]
    [TestCase("a.eml", "message/rfc822")]
    [TestCase("a.msg", "application/vnd.ms-outlook")]
    [TestCase(".txt", "text/plain")]
    public void Knows_the_type_of_an_extension(string fileName, string type) => ExtensionTypes.Find(fileName).ShouldBe(type);

    [TestCase("photo")]
    [TestCase("photo.")]
    [TestCase("photo.jpg.unknown")]
    [TestCase("jpg")]
    [TestCase("a.ſvg")]
    public void Knows_none_of_any_other_name(string fileName) => ExtensionTypes.Find(fileName).ShouldBeNull();

    /// <summary>Whatever the table says can be kept and served.</summary>
    [Test]
    public void Knows_more_than_a_thousand_of_media_types_that_can_be_served()
    {
        using var table = new StreamReader(typeof(ExtensionTypes).Assembly.GetManifestResourceStream("extensions.txt")!);
        var extensions = table.ReadToEnd().Split('\n')
            .Where(line => !line.StartsWith('#'))
            .SelectMany(line => line.Split(' ')[1..])
            .ToList();
        extensions.Count.ShouldBeGreaterThan(1000);
        extensions.ShouldBeUnique();
        extensions.ShouldAllBe(extension => DeclaredType.Normalize(ExtensionTypes.Find("a." + extension)) != null);
    }
}
