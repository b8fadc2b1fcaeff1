namespace Attachments.ProcessTests.RealClients;

/// <summary>Chromium without a window.</summary>
internal static class Browser
{
    public static readonly ClientProgram Program = new("chromium", "chromium");

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Opens a page, and ends when it has reported.</summary>
    /// <param name="directory">For what the browser writes.</param>
    /// <param name="address">The page's.</param>
    /// <param name="report">Comes from the page.</param>
    /// <param name="switches">More for the browser.</param>
    public static async Task<T> Visit<T>(string directory, string address, Task<T> report, params string[] switches)
    {
        using var browser = Program.Start(
            directory,
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
                .. switches, $"--user-data-dir={Path.Combine(directory, "profile")}", address,
            ]);
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
}
