using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Attachments.ProcessTests.RealClients;

/// <summary>What <c>?disposition=inline</c> promises: a browser shows the file as a page of its own, and the file does nothing.</summary>
[TestFixture]
internal sealed class ShownInPlaceTests() : ClientFixture(Browser.Program)
{
    private static readonly ClientProgram Ffmpeg = new("ffmpeg", "ffmpeg");
    private static readonly ClientProgram Painter = new("convert", "imagemagick");

    /// <summary>A page all of blue, as large as a small screen.</summary>
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes(
        """
        %PDF-1.4
        1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
        2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
        3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents 4 0 R>> endobj
        4 0 obj <</Length 25>> stream
        0 0 1 rg 0 0 400 300 re f
        endstream endobj
        trailer <</Size 5 /Root 1 0 R>>
        %%EOF
        """);

    [Test]
    public async Task Texts_pictures_pdf_videos_and_sounds_are_shown()
    {
        foreach (var program in new[] { BrowserWindow.Screen, BrowserWindow.Camera, Painter, Ffmpeg })
        {
            program.Require();
        }

        await Painter.Run(Directory, "-size", "800x600", "xc:red", "a.png");
        await Ffmpeg.Run(
            Directory, "-v", "error", "-f", "lavfi", "-i", "color=lime:size=640x360:duration=5", "-pix_fmt", "yuv420p", "a.mp4");
        await Ffmpeg.Run(Directory, "-v", "error", "-f", "lavfi", "-i", "sine=duration=5", "a.mp3");
        var hostile = HostileFile.All.First(file => file.MediaType == "text/html");
        var text = string.Concat(Enumerable.Repeat($"{new string('M', 100)}\n", 50));
        var (page, png, pdf, mp4, mp3, txt) = (
            await Store("page.pdf", "application/pdf", hostile.Content),
            await Store("a.png", "image/png", await File.ReadAllBytesAsync(PathTo("a.png"))),
            await Store("a.pdf", "application/pdf", Pdf),
            await Store("a.mp4", "video/mp4", await File.ReadAllBytesAsync(PathTo("a.mp4"))),
            await Store("a.mp3", "audio/mpeg", await File.ReadAllBytesAsync(PathTo("a.mp3"))),
            await Store("a.txt", "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text)));
        await using var opener = ShownPage.Start(Service.Client, [page, txt, png, pdf, mp4, mp3]);
        await using var window = await BrowserWindow.Open(Directory, opener.Origin);

        // A page that says to be a PDF is none.
        opener.OpenNext();
        opener.OpenNext();
        await window.Shows((red, green, blue) => red < 100 && green < 100 && blue < 100, 0.03, "The text");
        opener.OpenNext();
        await window.Shows((red, green, blue) => red > 200 && green < 60 && blue < 60, 0.2, "The picture");
        opener.OpenNext();
        await window.Shows((red, green, blue) => red < 60 && green < 60 && blue > 200, 0.1, "The PDF");
        opener.OpenNext();
        await window.Shows((red, green, blue) => red < 60 && green > 200 && blue < 60, 0.1, "The video");
        opener.OpenNext();
        await Eventually.Holds(() => Task.FromResult(opener.Played.ContainsKey(mp3)), "The sound is not played.");
        opener.Played.ShouldBe(new Dictionary<string, int> { [mp4] = 206, [mp3] = 206 }, ignoreOrder: true);
        opener.Beacons.ShouldBeEmpty();
    }

    private async Task<string> Store(string name, string mediaType, byte[] content)
    {
        using var bytes = new ByteArrayContent(content);
        bytes.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        using var form = new MultipartFormDataContent { { bytes, "file", name } };
        using var response = await Service.Client.PostAsync("/v1/attachments", form);
        response.EnsureSuccessStatusCode();
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["download_url"]!;
    }
}
