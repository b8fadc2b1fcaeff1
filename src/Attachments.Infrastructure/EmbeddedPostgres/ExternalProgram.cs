using System.ComponentModel;
using System.Diagnostics;

namespace Attachments.Infrastructure.EmbeddedPostgres;

/// <summary>The exit code and output of a program.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    public string ErrorMessage =>
        PostgresMessages.FindErrorLine(Error) ?? PostgresMessages.FindErrorLine(Output) ?? $"exit code {ExitCode}";
}

/// <summary>Runs programs without a shell, without our standard streams, and with a time limit.</summary>
internal static class ExternalProgram
{
    private static readonly TimeSpan OutputGracePeriod = TimeSpan.FromSeconds(2);

    /// <exception cref="EmbeddedPostgresException">The program does not exist, or took longer than <paramref name="limit"/>.</exception>
    public static async Task<ProgramResult> Run(
        string program, IEnumerable<string> arguments, string? workingDirectory, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments, workingDirectory);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await WaitForExit(process, program, limit, cancellationToken);

        // A server that the program started may keep these streams open (on Windows it inherits them), so do not wait for them long.
        await Task.WhenAny(Task.WhenAll(output, error), Task.Delay(OutputGracePeriod, CancellationToken.None));
        return new ProgramResult(process.ExitCode, await GetText(output), await GetText(error));
    }

    private static Process Start(string program, IEnumerable<string> arguments, string? workingDirectory)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        RemovePostgresVariables(start.Environment);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new EmbeddedPostgresException($"{program} cannot be run: {e.Message}", e);
        }
    }

    /// <summary>
    /// Removes variables such as PGPORT, PGDATA and PGOPTIONS, which point to another server, and sets messages to English.
    /// </summary>
    private static void RemovePostgresVariables(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            environment.Remove(name);
        }

        environment["LC_ALL"] = "C";
    }

    private static async Task WaitForExit(Process process, string program, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(bounded.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            throw new EmbeddedPostgresException($"{program} did not finish within {limit.TotalSeconds:0} seconds and was stopped.", e);
        }
    }

    private static async Task<string> GetText(Task<string> reading) => reading.IsCompletedSuccessfully ? await reading : "";
}
