using System.Diagnostics;

namespace Attachments.ProcessTests.RealClients;

/// <summary>Chromium.</summary>
internal static class Browser
{
    public static readonly ClientProgram Program = new("chromium", "chromium");

    private static readonly string[] Unattended =
        ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server"];

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Opens a page without a window, and ends when it has reported.</summary>
    /// <param name="directory">For what the browser writes.</param>
    /// <param name="address">The page's.</param>
    /// <param name="report">Comes from the page.</param>
    /// <param name="switches">More for the browser.</param>
    public static async Task<T> Visit<T>(string directory, string address, Task<T> report, params string[] switches)
    {
        using var browser = Start(directory, address, ["--headless=new", .. switches]);
        var (output, errors) = (browser.StandardOutput.ReadToEndAsync(), browser.StandardError.ReadToEndAsync());
        var ended = browser.WaitForExitAsync();
        var first = await Task.WhenAny(report, ended, Task.Delay(Patience));
        if (!browser.HasExited)
        {
            browser.Kill(entireProcessTree: true);
            await ended;
        }

        first.ShouldBe(report, $"The page has reported nothing.\n{await output}\n{await errors}");
        return await report;
    }

    /// <summary>Opens a page; ending the browser is the caller's.</summary>
    public static Process Start(string directory, string address, params string[] switches) => Program.Start(
        directory, [.. Unattended, .. switches, $"--user-data-dir={Path.Combine(directory, "profile")}", address]);
}
