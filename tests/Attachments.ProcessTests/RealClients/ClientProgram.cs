using System.Diagnostics;

namespace Attachments.ProcessTests.RealClients;

/// <summary>A program that others use the service with, as its Debian package has it.</summary>
/// <param name="Name">As it is called.</param>
/// <param name="Package">What brings it.</param>
/// <param name="IsInstalledByCi">It has to be there where all the tests run.</param>
internal sealed record ClientProgram(string Name, string Package, bool IsInstalledByCi = false)
{
    /// <summary>Far more than anything here takes; only so that what hangs fails.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Whether it may see the user's settings, such as where packages come from.</summary>
    public bool UsesHome { get; init; }

    /// <summary>Skips the test, and says so, where the program is not installed.</summary>
    public void Require()
    {
        if (IsInstalled)
        {
            return;
        }

        var message = $"{Name} is not there: apt-get install {Package}";
        if (IsInstalledByCi && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(message);
        }

        Assert.Ignore(message);
    }

    /// <summary>Runs it to its end, which has to be a good one.</summary>
    /// <returns>What it printed on its standard output.</returns>
    public async Task<string> Run(string workingDirectory, params string[] arguments)
    {
        var (exitCode, output, errors) = await Try(workingDirectory, arguments);
        exitCode.ShouldBe(0, $"{Name} {string.Join(' ', arguments)}\n{output}\n{errors}");
        return output;
    }

    /// <summary>Runs it to its end, whatever that is.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> Try(string workingDirectory, params string[] arguments)
    {
        using var process = Start(workingDirectory, arguments);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var (output, errors) = (
                process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Starts it; ending it is the caller's.</summary>
    public Process Start(string workingDirectory, params string[] arguments)
    {
        var start = new ProcessStartInfo(Name, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Neither a user's settings nor a machine's proxy.
        if (!UsesHome)
        {
            start.Environment["HOME"] = workingDirectory;
        }

        foreach (var variable in start.Environment.Keys.Where(name => name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(variable);
        }

        return Process.Start(start)!;
    }

    private bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(directory => File.Exists(Path.Combine(directory, Name)));
}
