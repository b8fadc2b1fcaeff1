using System.Diagnostics;
using Attachments.Api.Startup;
using Attachments.Application.Previews;
using Attachments.Infrastructure.Previews;
using Attachments.Infrastructure.Previews.Worker;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Attachments.FunctionalTests.Previews;

/// <summary>The decoder as the service has it, each image in a process of its own.</summary>
internal sealed class SandboxedDecoder : IAsyncDisposable
{
    private static readonly string Program = typeof(ServiceHost).Assembly.Location;

    private readonly SandboxedRenderer renderer;

    private SandboxedDecoder(SandboxedRenderer renderer) => this.renderer = renderer;

    /// <summary>Ignores the test where no image can be decoded, but not in CI.</summary>
    public static async Task<SandboxedDecoder> Start(PreviewsOptions? options = null)
    {
        var environment = new HostingEnvironment { EnvironmentName = "Production" };
        var renderer = new SandboxedRenderer(
            new PreviewProgram(Program),
            Options.Create(options ?? new PreviewsOptions()),
            environment,
            TimeProvider.System,
            NullLogger<SandboxedRenderer>.Instance);
        await renderer.StartAsync(CancellationToken.None);
        if (await renderer.FindEngine(CancellationToken.None) is null)
        {
            await renderer.DisposeAsync();
            const string Why = "The sandbox cannot be had here: it needs Linux with Landlock and seccomp, and libvips.";
            if (Environment.GetEnvironmentVariable("CI") == "true")
            {
                Assert.Fail(Why);
            }

            Assert.Ignore(Why);
        }

        return new SandboxedDecoder(renderer);
    }

    public Task<PreviewRendering> Render(byte[] image, string preset = "large", CancellationToken cancellationToken = default) => renderer.Render(
        preset, image.Length, async (writer, token) => await writer.WriteAsync(image, token), cancellationToken);

    public async Task<byte[]> RenderOne(byte[] image, string preset = "large")
    {
        var rendering = await Render(image, preset);
        rendering.Refusal.ShouldBeNull();
        return rendering.Previews[preset];
    }

    /// <summary>Has a worker try something from inside the sandbox.</summary>
    /// <returns>What came of it, and how the worker ended.</returns>
    public static async Task<(string Output, int ExitCode)> Probe(string probe, string target)
    {
        var limits = new WorkerLimits(Environment.ProcessId, 512 << 20, CpuSeconds: 15);
        var (file, arguments) = WorkerProgram.For(Program);
        using var process = Process.Start(new ProcessStartInfo(file, [.. arguments, .. PreviewWorker.ProbeArguments(probe, target, limits)])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (output.Trim(), process.ExitCode);
    }

    /// <summary>The processes of workers that this process has started and that have not ended.</summary>
    public static IReadOnlyList<int> FindWorkers() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? id : 0)
            .Where(id => id > 0 && IsWorker(id)),
    ];

    public ValueTask DisposeAsync() => renderer.DisposeAsync();

    private static bool IsWorker(int id)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{id}/status");
            return status.Contains($"PPid:\t{Environment.ProcessId}\n", StringComparison.Ordinal)
                && File.ReadAllText($"/proc/{id}/cmdline").Contains("\0preview\0", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
