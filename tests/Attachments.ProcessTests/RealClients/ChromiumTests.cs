using System.Net.Http.Headers;

namespace Attachments.ProcessTests.RealClients;

/// <summary>A browser that plays a video by ranges, on a page of another origin.</summary>
[TestFixture]
internal sealed class ChromiumTests() : ClientFixture(Browser.Program)
{
    private const int Seconds = 60;

    private static readonly ClientProgram Ffmpeg = new("ffmpeg", "ffmpeg");

    private readonly VideoPage page = VideoPage.Start();

    [OneTimeTearDown]
    public async Task StopPage() => await page.DisposeAsync();

    [Test]
    public async Task Plays_a_video_from_wherever_it_is_told_to()
    {
        Ffmpeg.Require();
        var video = await MakeVideo();
        await Service.CreateSession("videos");
        await using (var bytes = File.OpenRead(video))
        {
            using var content = new StreamContent(bytes);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            await Service.Put("videos", "clip", content);
        }

        page.Show(new Uri(Service.Address, Service.GetPath("videos", "clip")), Service.Token);
        var report = await Browser.Visit(
            Directory, page.Origin, page.Report, "--mute-audio", "--autoplay-policy=no-user-gesture-required");
        TestContext.Out.WriteLine(report);
        report.Error.ShouldBeNull();
        report.Duration.ShouldBe(Seconds, tolerance: 1);

        // Each place was reached, and played from.
        report.Places.Select(place => place.Asked).ShouldBe(VideoPage.Places);
        report.Places.ShouldAllBe(place => place.Reached > place.Asked && place.Reached < place.Asked + 10);

        // By ranges from several places, and by what CORS lets a page read of them.
        report.Answers.ShouldAllBe(answer => answer.Status == 206);
        var length = new FileInfo(video).Length;
        report.Answers.ShouldAllBe(answer => answer.ContentRange!.EndsWith($"/{length}", StringComparison.Ordinal));
        report.Answers.Select(answer => answer.ContentRange!.Split('-')[0]).Distinct().Count().ShouldBeGreaterThanOrEqualTo(3);
        report.Answers.Select(answer => answer.ETag).Distinct().ShouldHaveSingleItem().ShouldNotBeNull();
    }

    protected override ServiceSettings Settings(ServiceSettings settings) => settings.With("Cors:Origins:0", page.Origin);

    /// <summary>VP8 in WebM of some 45 MB, noise in front of a test picture: more than the browser would fetch ahead.</summary>
    private async Task<string> MakeVideo()
    {
        const int piece = 4;
        await Ffmpeg.Run(
            Directory, "-v", "error", "-f", "lavfi", "-i", $"testsrc2=size=320x180:rate=25:duration={piece},noise=alls=60:allf=t",
            "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "6M", "-minrate", "6M", "-maxrate", "6M", "-g", "25",
            "piece.webm");
        await Ffmpeg.Run(
            Directory, "-v", "error", "-stream_loop", $"{(Seconds / piece) - 1}", "-i", "piece.webm", "-c", "copy", "video.webm");
        return PathTo("video.webm");
    }
}
