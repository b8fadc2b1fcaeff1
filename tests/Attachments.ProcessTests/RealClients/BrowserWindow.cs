using System.Diagnostics;

namespace Attachments.ProcessTests.RealClients;

/// <summary>Chromium in a window, on a screen that nobody sees: without one it has no viewer of PDF.</summary>
internal sealed class BrowserWindow : IAsyncDisposable
{
    public static readonly ClientProgram Screen = new("Xvfb", "xvfb");
    public static readonly ClientProgram Camera = new("import", "imagemagick");

    private const int BytesPerPixel = 3;

    private readonly string directory;
    private readonly string display;
    private readonly Process screen;
    private readonly Process browser;

    private BrowserWindow(string directory, string display, Process screen, Process browser)
    {
        this.directory = directory;
        this.display = display;
        this.screen = screen;
        this.browser = browser;
    }

    /// <param name="directory">For what is written.</param>
    /// <param name="address">The page's.</param>
    public static async Task<BrowserWindow> Open(string directory, string address)
    {
        var screen = Screen.Start(directory, "-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp");
        var display = $":{await screen.StandardOutput.ReadLineAsync()}";
        var browser = Browser.Start(
            directory, address, $"--display={display}", "--ozone-platform=x11", "--window-position=0,0", "--window-size=800,600",
            "--disable-popup-blocking", "--mute-audio", "--autoplay-policy=no-user-gesture-required");
        foreach (var process in new[] { screen, browser })
        {
            process.BeginErrorReadLine();
        }

        return new BrowserWindow(directory, display, screen, browser);
    }

    /// <summary>Waits until this part of the screen is of a colour.</summary>
    /// <param name="isOfIt">Of a pixel: red, green, blue.</param>
    /// <param name="share">At least; from 0 to 1.</param>
    /// <param name="what">Is shown then.</param>
    public Task Shows(Func<byte, byte, byte, bool> isOfIt, double share, string what) => Eventually.Holds(
        async () =>
        {
            await Camera.Run(directory, "-display", display, "-window", "root", "-depth", "8", "rgb:screen");
            var pixels = (await File.ReadAllBytesAsync(Path.Combine(directory, "screen"))).Chunk(BytesPerPixel).ToList();
            return pixels.Count(pixel => isOfIt(pixel[0], pixel[1], pixel[2])) > share * pixels.Count;
        },
        $"{what} is not shown.");

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { browser, screen })
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
