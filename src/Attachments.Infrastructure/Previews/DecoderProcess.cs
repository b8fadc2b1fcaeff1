using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Attachments.Application.Previews;
using Attachments.Domain.Previews;
using Attachments.Infrastructure.Previews.Worker;

namespace Attachments.Infrastructure.Previews;

/// <summary>
/// A worker as the service sees it: a process that decodes one image. Nothing that it says is believed, since the image may have taken it
/// over by then.
/// </summary>
internal sealed class DecoderProcess : IAsyncDisposable
{
    private const int MaxErrorBytes = 2000;

    private readonly Process process;
    private readonly Task<string> errors;

    private DecoderProcess(Process process)
    {
        this.process = process;
        errors = ReadErrors(process.StandardError.BaseStream);
        Greeting = ReadGreeting();
    }

    /// <summary>What it says once it is ready.</summary>
    public Task<WorkerGreeting> Greeting { get; }

    public static async Task<DecoderProcess> Start(ProcessStarter starter, PreviewProgram program, PreviewsOptions options)
    {
        var (file, arguments) = WorkerProgram.For(program.Assembly);
        var cpuSeconds = (int)Math.Ceiling(options.Timeout.TotalSeconds);
        var limits = new WorkerLimits(Environment.ProcessId, options.MaxMemoryBytes, cpuSeconds);
        var start = new ProcessStartInfo(file, [.. arguments, .. PreviewWorker.Arguments(options.Libvips == LibvipsSource.Bundled, limits)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach (var (name, value) in Confinement.Variables)
        {
            start.Environment[name] = value;
        }

        return new DecoderProcess(await starter.Start(start));
    }

    /// <summary>Has an image decoded.</summary>
    /// <param name="job">The image and the presets.</param>
    /// <param name="copy">Writes the image.</param>
    /// <param name="timeout">After which the process is killed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    /// <exception cref="PreviewBusyException">The process has ended, or the time was over, before it had the image.</exception>
    public async Task<PreviewRendering> Decode(
        WorkerJob job,
        Func<PipeWriter, CancellationToken, Task> copy,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var kill = end.Token.Register(Kill);
        await using var timer = time.CreateTimer(_ => end.Cancel(), null, timeout, Timeout.InfiniteTimeSpan);
        var isSent = false;
        try
        {
            await Send(job, copy, end.Token);
            isSent = true;
            return await Receive(job).WaitAsync(end.Token);
        }
        catch (Exception exception) when (exception is IOException or JsonException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!isSent)
            {
                // It decodes nothing before it has everything: the image is not at fault.
                throw PreviewBusyException.Soon;
            }

            return PreviewRendering.Refused(end.IsCancellationRequested ? PreviewRefusal.TimedOut : PreviewRefusal.Crashed);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await process.WaitForExitAsync();
        await errors;
        await Greeting;
        process.Dispose();
    }

    private async Task Send(WorkerJob job, Func<PipeWriter, CancellationToken, Task> copy, CancellationToken cancellationToken)
    {
        var input = process.StandardInput.BaseStream;
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(job, WorkerMessages.Default.WorkerJob), (byte)'\n'];
        await input.WriteAsync(line, cancellationToken);
        var writer = PipeWriter.Create(input);
        await copy(writer, cancellationToken);
        await writer.CompleteAsync();
    }

    private async Task<PreviewRendering> Receive(WorkerJob job)
    {
        var output = process.StandardOutput.BaseStream;
        var answer = await ReadMessage(output, WorkerMessages.Default.WorkerAnswer);
        if (answer.Refused is not null || answer.Previews is not { Length: > 0 })
        {
            return PreviewRendering.Refused(answer.Refused switch
            {
                WorkerAnswer.NotAnImage => PreviewRefusal.NotAnImage,
                WorkerAnswer.TooLarge => PreviewRefusal.TooLarge,
                _ => PreviewRefusal.Damaged,
            });
        }

        var previews = new Dictionary<string, byte[]>();
        foreach (var preview in answer.Previews)
        {
            Require(preview is not null);
            var (preset, length) = preview!;
            Require(length is > 0 and <= WorkerMessages.MaxPreviewBytes && Array.Exists(job.Presets, known => known.Name == preset));
            var content = new byte[length];
            await output.ReadExactlyAsync(content);
            Require(ImageFormats.Detect(content) == ImageFormat.Jpeg && previews.TryAdd(preset, content));
        }

        Require(previews.ContainsKey(job.Wanted));
        return new PreviewRendering(Refusal: null, previews);
    }

    private async Task<WorkerGreeting> ReadGreeting()
    {
        try
        {
            return await ReadMessage(process.StandardOutput.BaseStream, WorkerMessages.Default.WorkerGreeting);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            var text = (await errors).Trim();
            return new WorkerGreeting(text.Length > 0 ? text : "the process ended", "", [], IsFiltered: false);
        }
    }

    private static async Task<T> ReadMessage<T>(Stream output, JsonTypeInfo<T> type)
    {
        var line = new List<byte>();
        for (var next = new byte[1]; ; line.Add(next[0]))
        {
            await output.ReadExactlyAsync(next);
            if (next[0] == '\n')
            {
                break;
            }

            Require(line.Count < WorkerMessages.MaxLineBytes);
        }

        return JsonSerializer.Deserialize([.. line], type) ?? throw new IOException("The worker sent nothing.");
    }

    /// <summary>Of its first stage; the second one has no such stream.</summary>
    private static async Task<string> ReadErrors(Stream stream)
    {
        var bytes = new byte[MaxErrorBytes];
        try
        {
            return Encoding.UTF8.GetString(bytes, 0, await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new IOException("The worker did not answer as it should.");
        }
    }

    private void Kill()
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
