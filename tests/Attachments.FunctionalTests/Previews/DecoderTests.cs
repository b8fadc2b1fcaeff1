using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Attachments.Application.Previews;
using Attachments.Domain.Previews;
using Attachments.Testing;

namespace Attachments.FunctionalTests.Previews;

/// <summary>What the real decoder makes of images, good and bad, and what it cannot do besides.</summary>
[NonParallelizable]
internal sealed class DecoderTests
{
    private const string Samples = "/usr/share/forensics-samples/original-files";

    private SandboxedDecoder? decoder;
    private byte[]? upright;

    private static int Mutations => int.Parse(
        Environment.GetEnvironmentVariable("ATTACHMENTS_PREVIEW_MUTATIONS") ?? "3", CultureInfo.InvariantCulture);

    private SandboxedDecoder Decoder => decoder ?? throw new InvalidOperationException("The decoder has not been started.");

    [OneTimeSetUp]
    public async Task Start()
    {
        decoder = await SandboxedDecoder.Start();
        TestImages.LoadLibrary();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (decoder is not null)
        {
            await decoder.DisposeAsync();
            SandboxedDecoder.FindWorkers().ShouldBeEmpty();
        }
    }

    [Test]
    public async Task Turns_each_orientation_upright([Range(1, 8)] int orientation)
    {
        var preview = await Decoder.RenderOne(TestImages.Make(".jpg", 640, 400, orientation), "small");
        upright ??= await Decoder.RenderOne(TestImages.Make(".jpg", 640, 400), "small");
        TestImages.Look(preview).Width.ShouldBe(480);
        TestImages.Look(preview).Height.ShouldBe(300);
        TestImages.Compare(preview, upright).ShouldBeLessThan(40);
        ShouldShowQuarters(preview);
        ShouldHaveNoMetadata(preview);
    }

    [TestCase(".jpg")]
    [TestCase(".png")]
    [TestCase(".webp")]
    [TestCase(".gif")]
    [TestCase(".tif")]
    [TestCase(".avif")]
    public async Task Reads_the_format_whatever_it_is_called(string format)
    {
        var rendering = await Decoder.Render(TestImages.Make(format, 640, 400), "small");
        rendering.Refusal.ShouldBeNull();
        rendering.Previews.Keys.Order().ShouldBe(["small", "thumb"]);
        foreach (var (preset, preview) in rendering.Previews)
        {
            var look = TestImages.Look(preview);
            (look.Width, look.Height, look.Bands).ShouldBe(preset == "small" ? (480, 300, 3) : (160, 160, 3));
            ShouldShowQuarters(preview);
            ShouldHaveNoMetadata(preview);
        }
    }

    [TestCase(".gif")]
    [TestCase(".webp")]
    [TestCase(".tif")]
    public async Task Shows_the_first_of_several_frames_or_pages(string format)
    {
        var preview = TestImages.Look(await Decoder.RenderOne(TestImages.MakeFrames(format)));
        (preview.Width, preview.Height).ShouldBe((40, 30));
        preview.Quarters.ShouldAllBe(colour => colour[0] > 200 && colour[2] < 60);
    }

    [Test]
    public async Task Puts_what_is_transparent_on_white()
    {
        var preview = TestImages.Look(await Decoder.RenderOne(TestImages.MakeTransparent()));
        preview.Bands.ShouldBe(3);
        preview.Quarters[0].ShouldAllBe(channel => channel > 245);
        preview.Quarters[1][2].ShouldBeGreaterThan(200);
        preview.Quarters[1][0].ShouldBeLessThan(40);
    }

    [Test]
    public async Task Drops_all_metadata_of_real_photographs()
    {
        RequireSamples();
        foreach (var photograph in Directory.EnumerateFiles(Samples, "IMG*", SearchOption.AllDirectories))
        {
            var image = await File.ReadAllBytesAsync(photograph);
            var rendering = await Decoder.Render(image);
            rendering.Refusal.ShouldBeNull(photograph);
            rendering.Previews.Keys.Order().ShouldBe(["large", "small", "thumb"]);
            foreach (var preview in rendering.Previews.Values)
            {
                ShouldHaveNoMetadata(preview);
            }
        }
    }

    [Test]
    public async Task Decodes_forty_megapixels_in_the_memory_that_it_may_use()
    {
        var preview = TestImages.Look(await Decoder.RenderOne(TestImages.MakeBlackPng(6400, colourType: 6)));
        (preview.Width, preview.Height).ShouldBe((1600, 1600));
    }

    [Test]
    public async Task Reads_HEIC_with_the_library_that_is_installed()
    {
        var directory = Directory.CreateTempSubdirectory("attachments-heic-").FullName;
        try
        {
            var (photo, heic) = (Path.Combine(directory, "a.jpg"), Path.Combine(directory, "a.heic"));
            await File.WriteAllBytesAsync(photo, TestImages.Make(".jpg", 640, 400));
            await RequireHeifEncoder(photo, heic);
            await using var system = await SandboxedDecoder.Start(new PreviewsOptions { Libvips = LibvipsSource.System });
            var image = await File.ReadAllBytesAsync(heic);
            var preview = await system.RenderOne(image, "small");
            ShouldHaveNoMetadata(preview);

            // The encoder and the old library differ on the matrix of the colours, but not on which is which.
            var look = TestImages.Look(preview);
            (look.Width, look.Height).ShouldBe((480, 300));
            look.Quarters.Take(3).Select(colour => Array.IndexOf(colour, colour.Max())).ShouldBe([0, 1, 2]);
            (await Decoder.Render(image, "small")).Refusal.ShouldBe(PreviewRefusal.Damaged);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static IEnumerable<TestCaseData> Bombs()
    {
        yield return Bomb("a JPEG of 64250 x 64250 pixels", () => TestImages.Claim(TestImages.Make(".jpg", 64, 64), 64250, 64250));
        yield return Bomb("a PNG of 30000 x 30000 pixels", () => TestImages.MakeBlackPng(30000, colourType: 0));
        yield return Bomb("a TIFF of 100,000 directories", () => TestImages.MakeTiff(100_000));
        yield return Bomb("a JPEG that ends early", () => TestImages.MakeNoise(".jpg", 300, 300)[..20_000]);
        yield return Bomb("a PNG that ends early", () => TestImages.MakeNoise(".png", 300, 300)[..50_000]);
        yield return Bomb("SVG", () => Encoding.UTF8.GetBytes("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>"));
        yield return Bomb("PostScript", () => Encoding.UTF8.GetBytes("%!PS\n(/etc/passwd) run showpage"));
        yield return Bomb("PDF", () => Encoding.UTF8.GetBytes("%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"));
        yield return Bomb("MVG", () => Encoding.UTF8.GetBytes("push graphic-context\nimage over 0,0 0,0 'label:@/etc/passwd'\npop graphic-context"));
        yield return Bomb("PSD", () => [.. "8BPS"u8, 0, 1, .. new byte[100]]);
        yield return Bomb("Netpbm", () => [.. "P6\n1 1\n255\n"u8, 1, 2, 3]);
    }

    [TestCaseSource(nameof(Bombs))]
    public async Task Refuses(Func<byte[]> make) => (await Decoder.Render(make())).Refusal.ShouldNotBeNull();

    [Test]
    public async Task Shows_the_first_of_a_hundred_thousand_frames()
    {
        var rendering = await Decoder.Render(TestImages.MakeGif(100_000));
        if (rendering.Refusal is null)
        {
            TestImages.Look(rendering.Previews["large"]).Width.ShouldBe(1);
        }
    }

    [TestCase(".jpg")]
    [TestCase(".png")]
    [TestCase(".webp")]
    [TestCase(".gif")]
    [TestCase(".tif")]
    [TestCase(".avif")]
    public async Task Survives_mutations(string format)
    {
        var image = TestImages.MakeNoise(format, 200, 150);
        for (var seed = 0; seed < Mutations; seed++)
        {
            var mutant = Mutate(image, seed);
            var rendering = await Decoder.Render(mutant, "thumb");
            (rendering.Refusal is null).ShouldBe(rendering.Previews.ContainsKey("thumb"), $"seed {seed}");
        }

        // One is started ahead, and one may be starting.
        SandboxedDecoder.FindWorkers().Count.ShouldBeLessThanOrEqualTo(2);
    }

    [Test]
    public async Task Is_killed_when_it_takes_too_long()
    {
        await using var hasty = await SandboxedDecoder.Start(new PreviewsOptions { Timeout = TimeSpan.FromSeconds(1) });
        var image = TestImages.MakeBlackPng(15_000, colourType: 6);
        (await hasty.Render(image)).Refusal.ShouldBeOneOf(PreviewRefusal.TimedOut, PreviewRefusal.Crashed);
    }

    [Test]
    public async Task Is_killed_when_it_takes_too_much_memory()
    {
        await using var poor = await SandboxedDecoder.Start(new PreviewsOptions { MaxMemoryBytes = 128 << 20, MaxPixels = long.MaxValue });
        (await poor.Render(TestImages.MakeInterlaced(5000))).Refusal.ShouldNotBeNull();
        (await poor.RenderOne(TestImages.Make(".jpg", 640, 400), "thumb")).Length.ShouldBePositive();
    }

    [Test]
    public async Task Is_killed_when_nobody_waits_any_more()
    {
        using var stop = new CancellationTokenSource();
        var rendering = Decoder.Render(TestImages.MakeBlackPng(15_000, colourType: 6), cancellationToken: stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(rendering);
        await Eventually.Holds(() => Task.FromResult(SandboxedDecoder.FindWorkers().Count <= 1), "only the one started ahead is left");
    }

    [TestCase("read", "/etc/passwd")]
    [TestCase("read", "/")]
    [TestCase("read", "/root")]
    [TestCase("read", "/proc/1/environ")]
    [TestCase("read", "/proc/1/cmdline")]
    [TestCase("write", "/tmp/attachments-probe")]
    [TestCase("write", "/dev/null")]
    [TestCase("execute", "/bin/true")]
    [TestCase("execute", "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")]
    [TestCase("fork", "")]
    public async Task Cannot_leave_the_sandbox(string probe, string target)
    {
        var (output, exitCode) = await SandboxedDecoder.Probe(probe, target);
        output.ShouldStartWith("refused: ");
        exitCode.ShouldBe(0);
        File.Exists("/tmp/attachments-probe").ShouldBeFalse();
    }

    [Test]
    public async Task Cannot_read_settings_beside_the_program()
    {
        var settings = Path.Combine(AppContext.BaseDirectory, "probe.appsettings.json");
        await File.WriteAllTextAsync(settings, "{}");
        try
        {
            (await SandboxedDecoder.Probe("read", settings)).Output.ShouldStartWith("refused: ");
            (await SandboxedDecoder.Probe("read", AppContext.BaseDirectory)).Output.ShouldStartWith("refused: ");
        }
        finally
        {
            File.Delete(settings);
        }
    }

    [Test]
    public async Task Cannot_connect_to_anything()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        (await SandboxedDecoder.Probe("connect", port.ToString(CultureInfo.InvariantCulture))).Output.ShouldStartWith("refused: ");
        listener.Pending().ShouldBeFalse();
    }

    [Test]
    public async Task Cannot_signal_another_process() =>
        (await SandboxedDecoder.Probe("kill", Environment.ProcessId.ToString(CultureInfo.InvariantCulture))).Output.ShouldStartWith("refused: ");

    [TestCase("signals")]
    [TestCase("affinity")]
    public async Task Cannot_change_another_process(string probe) =>
        (await SandboxedDecoder.Probe(probe, Environment.ProcessId.ToString(CultureInfo.InvariantCulture))).Output
            .ShouldBe("refused: Operation not permitted");

    [Test]
    public async Task Cannot_take_memory_that_is_not_counted() =>
        (await SandboxedDecoder.Probe("share", "")).Output.ShouldBe("refused: Operation not permitted");

    [Test]
    public async Task Can_read_the_libraries_that_it_needs()
    {
        // Otherwise the refusals above would prove nothing.
        var (output, exitCode) = await SandboxedDecoder.Probe("read", Path.Combine(AppContext.BaseDirectory, "Attachments.Api.dll"));
        (output, exitCode).ShouldBe(("allowed", 1));
    }

    private static TestCaseData Bomb(string name, Func<byte[]> make) => new TestCaseData(make).SetArgDisplayNames(name);

    private static void ShouldShowQuarters(byte[] preview)
    {
        var quarters = TestImages.Look(preview).Quarters;
        ShouldBeColour(quarters[0], 230, 20, 20);
        ShouldBeColour(quarters[1], 20, 200, 20);
        ShouldBeColour(quarters[2], 20, 20, 220);
        ShouldBeColour(quarters[3], 120, 120, 120);
    }

    private static void ShouldBeColour(double[] colour, params double[] expected)
    {
        for (var channel = 0; channel < expected.Length; channel++)
        {
            colour[channel].ShouldBe(expected[channel], 30);
        }
    }

    /// <summary>Of the segments of a JPEG before its data, only those that decoding needs, and JFIF's, which has no data about the image.</summary>
    private static void ShouldHaveNoMetadata(byte[] jpeg)
    {
        jpeg.AsSpan(0, 2).ToArray().ShouldBe([0xff, 0xd8]);
        for (var at = 2; jpeg[at + 1] != 0xda; at += 2 + (jpeg[at + 2] << 8) + jpeg[at + 3])
        {
            jpeg[at].ShouldBe((byte)0xff);
            jpeg[at + 1].ShouldBeOneOf((byte)0xe0, (byte)0xdb, (byte)0xc0, (byte)0xc2, (byte)0xc4, (byte)0xdd);
        }
    }

    /// <summary>Some bytes are others, and sometimes a piece is cut out or doubled.</summary>
    private static byte[] Mutate(byte[] image, int seed)
    {
#pragma warning disable CA5394 // It is no secret.
        var random = new Random(seed);
        var mutant = image.ToList();
        for (var change = random.Next(1, 20); change > 0; change--)
        {
            mutant[random.Next(12, random.Next(2) == 0 ? Math.Min(mutant.Count, 400) : mutant.Count)] = (byte)random.Next(256);
        }

        var (start, length) = (random.Next(12, mutant.Count), random.Next(1, 200));
        switch (random.Next(4))
        {
            case 0:
                mutant.RemoveRange(start, Math.Min(length, mutant.Count - start));
                break;
            case 1:
                mutant.InsertRange(start, mutant.GetRange(start, Math.Min(length, mutant.Count - start)));
                break;
        }
#pragma warning restore CA5394

        return [.. mutant];
    }

    /// <summary>Ignores the test where HEIC cannot be made, or libvips is not installed.</summary>
    private static async Task RequireHeifEncoder(string from, string to)
    {
        var isInstalled = ((string[])["x86_64", "aarch64"]).Any(processor => File.Exists($"/usr/lib/{processor}-linux-gnu/libvips.so.42"));
        if (!isInstalled || !File.Exists("/usr/bin/heif-enc"))
        {
            Assert.Ignore("There is no HEIC here: apt-get install libheif-examples libvips42");
        }

        using var encoder = Process.Start("/usr/bin/heif-enc", [from, "-o", to]);
        await encoder.WaitForExitAsync();
        encoder.ExitCode.ShouldBe(0);
    }

    private static void RequireSamples()
    {
        if (!Directory.Exists(Samples))
        {
            Assert.Ignore("The photographs are not there: apt-get install forensics-samples-files");
        }
    }
}
