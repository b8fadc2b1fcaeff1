using Attachments.Infrastructure.Previews.Worker;

namespace Attachments.UnitTests.Previews;

internal sealed class PreviewGeometryTests
{
    [TestCase(4000, 3000, "480x480", "480x360", "480x360")]
    [TestCase(3000, 4000, "480x480", "360x480", "360x480")]
    [TestCase(4000, 3000, "480x100", "133x100", "133x100")]
    [TestCase(300, 200, "480x480", "300x200", "300x200")]
    [TestCase(100_000, 10, "480x480", "480x1", "480x1")]
    [TestCase(4000, 3000, "160x160c", "213x160", "160x160")]
    [TestCase(3000, 4000, "160x160c", "160x213", "160x160")]
    [TestCase(4000, 3000, "160x40c", "160x120", "160x40")]
    [TestCase(160, 160, "160x160c", "160x160", "160x160")]
    [TestCase(100, 400, "160x160c", "100x400", "100x100")]
    [TestCase(400, 100, "160x80c", "320x80", "160x80")]
    [TestCase(60, 100, "160x80c", "60x100", "60x30")]
    [TestCase(1, 1, "160x80c", "1x1", "1x1")]
    public void Never_enlarges_and_keeps_the_aspect_ratio(int width, int height, string preset, string scaled, string cut)
    {
        var sides = preset.TrimEnd('c').Split('x');
        var geometry = PreviewGeometry.Fit(
            new PixelSize(width, height), new PresetSize("", int.Parse(sides[0]), int.Parse(sides[1]), preset.EndsWith('c')));
        $"{geometry.Scaled.Width}x{geometry.Scaled.Height}".ShouldBe(scaled);
        $"{geometry.Cut.Width}x{geometry.Cut.Height}".ShouldBe(cut);
    }

    [Test]
    public void Cuts_out_of_the_centre()
    {
        var geometry = PreviewGeometry.Fit(new PixelSize(4000, 3000), new PresetSize("", 160, 160, Cover: true));
        (geometry.Left, geometry.Top).ShouldBe((26, 0));
    }
}
