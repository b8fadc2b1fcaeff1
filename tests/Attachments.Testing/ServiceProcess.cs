using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Attachments.Testing;

/// <summary>
/// The service in a process of its own: as it was published, where <c>ATTACHMENTS_TEST_SERVICE</c> names the directory, otherwise as it was
/// built beside the tests. Killed on dispose, with its children, where it has not ended.
/// </summary>
public sealed partial class ServiceProcess : IAsyncDisposable
{
    /// <summary>Far more than anything here takes; only so that what hangs fails.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Tests that were started in the background of a shell ignore SIGINT, and so would every process that they start.
    /// </summary>
    private static readonly string[] WithInterrupt = OperatingSystem.IsLinux() ? ["/usr/bin/env", "--default-signal=INT"] : [];

    private readonly Process process;
    private readonly Transcript output = new();
    private readonly Transcript errors = new();

    private ServiceProcess(Process process) => this.process = process;

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    public static ServiceProcess Launch(ServiceSettings settings, params string[] arguments)
    {
        string[] command =
        [
            .. WithInterrupt,
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            Path.Combine(Environment.GetEnvironmentVariable("ATTACHMENTS_TEST_SERVICE") ?? AppContext.BaseDirectory, "Attachments.Api.dll"),
            .. arguments,
        ];
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();

        // Code that runs for seconds gains nothing from being compiled once more with what was seen of it.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in settings.Variables)
        {
            start.Environment[name] = value;
        }

        var launched = new ServiceProcess(new Process { StartInfo = start });
        launched.Start();
        return launched;
    }

    /// <summary>Runs a process to its end.</summary>
    public static async Task<Outcome> Run(ServiceSettings settings, params string[] arguments)
    {
        await using var launched = Launch(settings, arguments);
        return await launched.Ended();
    }

    /// <summary>The address that it serves, once it does.</summary>
    public async Task<Uri> Listening() => new((await Printed(ListeningLine())).Groups[1].Value);

    /// <summary>The first line on standard output that matches, once it is there.</summary>
    public async Task<Match> Printed(Regex line)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await output.Find(line, patience.Token)
            ?? throw new InvalidOperationException($"Nothing matched {line} in:\n{string.Join('\n', output.Lines.Concat(errors.Lines))}");
    }

    /// <summary>Waits until it has ended of itself.</summary>
    public async Task<Outcome> Ended()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return new Outcome(process.ExitCode, output.Lines, errors.Lines);
    }

    public void Send(PosixSignal signal)
    {
        var number = signal switch
        {
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGTERM => 15,
            _ => throw new ArgumentOutOfRangeException(nameof(signal)),
        };
        if (SendSignal(process.Id, number) != 0)
        {
            throw new InvalidOperationException($"{signal} could not be sent to process {process.Id}.");
        }
    }

    /// <summary>Ends it as a crash would (SIGKILL), and it alone.</summary>
    public async Task Kill()
    {
        process.Kill();
        await Ended();
    }

    public async ValueTask DisposeAsync()
    {
        using (process)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await Ended();
            }
        }
    }

    private void Start()
    {
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => errors.Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);

    [GeneratedRegex(@"Now listening on: \W*(http://[^\s""\\]+)")]
    private static partial Regex ListeningLine();
}

/// <summary>How a process ended.</summary>
public sealed record Outcome(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)
{
    public override string ToString() => $"exit code {ExitCode}\n{string.Join('\n', Output)}\n{string.Join('\n', Errors)}";
}
