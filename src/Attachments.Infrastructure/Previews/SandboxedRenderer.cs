using System.ComponentModel;
using System.IO.Pipelines;
using Attachments.Application.Previews;
using Attachments.Infrastructure.Previews.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Attachments.Infrastructure.Previews;

/// <summary>Has each image decoded by a process of its own, of which one is always started ahead.</summary>
internal sealed class SandboxedRenderer(
    PreviewProgram program,
    IOptions<PreviewsOptions> options,
    IHostEnvironment environment,
    TimeProvider time,
    ILogger<SandboxedRenderer> logger) : IPreviewRenderer, IHostedService, IAsyncDisposable
{
    /// <summary>Far more than a worker takes to start, on a busy machine.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Lazy<ProcessStarter> starter = new(() => new ProcessStarter());
    private readonly TaskCompletionSource<string?> engine = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock door = new();
    private Task<DecoderProcess>? spare;
    private Task discovering = Task.CompletedTask;
    private bool isClosed;
    private int disposals;

    /// <summary>Whether the first stage of the sandbox is enough.</summary>
    private bool MayBeUnfiltered => options.Value.Enabled == true || environment.IsDevelopment();

    public Task<string?> FindEngine(CancellationToken cancellationToken) => engine.Task.WaitAsync(cancellationToken);

    /// <summary>Finds out whether images can be decoded here, while the service starts.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        discovering = Discover();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<PreviewRendering> Render(
        string wanted, int length, Func<PipeWriter, CancellationToken, Task> copy, CancellationToken cancellationToken)
    {
        var presets = options.Value.GetPresets()
            .Select(preset => new PresetSize(preset.Key, preset.Value.Width, preset.Value.Height, preset.Value.Fit == PreviewFit.Cover));
        var job = new WorkerJob(wanted, [.. presets], options.Value.MaxPixels, length);
        await using var decoder = await TakeReady(cancellationToken);
        return await decoder.Decode(job, copy, options.Value.Timeout, time, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // It is several services to the container, which disposes each of them.
        if (Interlocked.Exchange(ref disposals, 1) == 1)
        {
            return;
        }

        await stopping.CancelAsync();
        await discovering;
        Task<DecoderProcess>? last;
        lock (door)
        {
            (isClosed, last, spare) = (true, spare, null);
        }

        await Discard(last);
        if (starter.IsValueCreated)
        {
            starter.Value.Dispose();
        }

        stopping.Dispose();
    }

    private async Task Discover()
    {
        try
        {
            if (await FindObstacle() is not { } obstacle)
            {
                return;
            }

            engine.SetResult(null);
            var level = options.Value.Enabled == false ? LogLevel.Information : LogLevel.Warning;
            logger.Log(level, "No previews are made: {Reason}", obstacle);
        }
        catch (OperationCanceledException)
        {
            engine.SetResult(null);
        }
        catch (Exception exception)
        {
            engine.SetResult(null);
            logger.LogError(exception, "No previews are made: whether they can be could not be found out.");
        }
    }

    /// <returns>Null: there is none, and the engine is known.</returns>
    private async Task<string?> FindObstacle()
    {
        if (options.Value.Enabled == false)
        {
            return "Previews:Enabled is false.";
        }

        if (!OperatingSystem.IsLinux())
        {
            return "The sandbox needs Linux.";
        }

        var first = Start();
        if (await FindFault(first, stopping.Token) is { } fault)
        {
            return fault;
        }

        spare = first;
        var greeting = await (await first).Greeting;
        logger.LogInformation(
            "Previews are made by libvips {Version} ({Source}), which loads {Loaders}, in a sandbox of {Sandbox}",
            greeting.Engine,
            options.Value.Libvips,
            string.Join(", ", greeting.Loaders),
            greeting.IsFiltered ? "Landlock and seccomp" : "Landlock alone");
        engine.SetResult($"libvips {greeting.Engine} {options.Value.Libvips}");
        return null;
    }

    /// <summary>The spare one may have been killed by somebody else.</summary>
    private async Task<DecoderProcess> TakeReady(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var decoder = TakeSpare();
            if (await FindFault(decoder, cancellationToken) is not { } fault)
            {
                return await decoder;
            }

            logger.LogWarning("A decoder did not start: {Reason}", fault);
            if (attempt == 2)
            {
                throw PreviewBusyException.Soon;
            }
        }
    }

    /// <summary>Waits until a decoder is ready. One that is not to be used is discarded.</summary>
    private async Task<string?> FindFault(Task<DecoderProcess> decoder, CancellationToken cancellationToken)
    {
        var fault = "it was not wanted any more.";
        try
        {
            var greeting = await (await decoder).Greeting.WaitAsync(StartTimeout, time, cancellationToken);
            fault = GetFault(greeting);
        }
        catch (Exception exception) when (exception is Win32Exception or TimeoutException)
        {
            fault = exception.Message;
        }
        finally
        {
            if (fault is not null)
            {
                await Discard(decoder);
            }
        }

        return fault;
    }

    private string? GetFault(WorkerGreeting greeting) =>
        greeting.Failure
        ?? (greeting.IsFiltered || MayBeUnfiltered ? null : "The second stage of the sandbox (seccomp) cannot be had.");

    private Task<DecoderProcess> TakeSpare()
    {
        lock (door)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            var taken = spare ?? Start();
            spare = Start();
            return taken;
        }
    }

    private Task<DecoderProcess> Start() => DecoderProcess.Start(starter.Value, program, options.Value);

    private static async Task Discard(Task<DecoderProcess>? decoder)
    {
        if (decoder is null)
        {
            return;
        }

        try
        {
            await (await decoder).DisposeAsync();
        }
        catch (Win32Exception)
        {
            // It never started.
        }
    }
}
