using System.Diagnostics;
using System.Text;

namespace Attachments.Bench;

/// <summary>Programs of the machine, run to their end.</summary>
internal static class Programs
{
    /// <summary>What it printed on standard output.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0.</exception>
    public static async Task<string> Run(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(program, arguments, environment);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}:\n{output}\n{await errors}");
    }

    /// <summary>Started, with its output to be read.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started.");
    }
}
