using Attachments.Application.Content.Blobs;
using Attachments.Application.Content.Downloads;
using Attachments.Domain.Previews;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Attachments.Application.Previews;

/// <summary>
/// Has images decoded, a few at a time and each by one decoder at a time, and stores what comes of it. It goes on when the request that
/// asked for it has ended.
/// </summary>
public sealed class PreviewMaker(
    IServiceScopeFactory scopes,
    IPreviewRenderer renderer,
    IOptions<PreviewsOptions> options,
    PreviewMetrics metrics,
    TimeProvider time,
    ILogger<PreviewMaker> logger) : IAsyncDisposable
{
    /// <summary>What tells a format, and the first directory of most raw files of cameras.</summary>
    private const int HeadBytes = 16 << 10;

    private readonly Dictionary<Guid, Task> rendered = [];
    private readonly SemaphoreSlim turns = new(options.Value.Concurrency);
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Joins the decoding of the image, for whatever size it is, or begins one. What came of it is in the database then.</summary>
    /// <exception cref="PreviewBusyException">Too many images wait.</exception>
    /// <exception cref="BlobGoneException">The image's bytes are not there.</exception>
    public Task Make(PreviewKey key, StoredFile source)
    {
        lock (rendered)
        {
            if (rendered.TryGetValue(source.BlobId, out var running))
            {
                return running;
            }

            if (rendered.Count >= options.Value.Concurrency + options.Value.Queue)
            {
                metrics.RecordTurnedAway();
                throw PreviewBusyException.Soon;
            }

            return rendered[source.BlobId] = Task.Run(() => Run(key, source));
        }
    }

    /// <summary>Ends the decoders.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (rendered)
        {
            running = [.. rendered.Values];
        }

        await stopping.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        turns.Dispose();
        stopping.Dispose();
    }

    private async Task Run(PreviewKey key, StoredFile source)
    {
        try
        {
            await WaitForTurn();
            try
            {
                await Render(key, source);
            }
            finally
            {
                turns.Release();
            }
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            metrics.RecordFailure();
            logger.LogWarning(exception, "The preview {Preset} of blob {Blob} could not be made.", key.Preset, source.BlobId);
            throw;
        }
        finally
        {
            lock (rendered)
            {
                rendered.Remove(source.BlobId);
            }
        }
    }

    private async Task WaitForTurn()
    {
        metrics.AddToQueue(1);
        try
        {
            await turns.WaitAsync(stopping.Token);
        }
        finally
        {
            metrics.AddToQueue(-1);
        }
    }

    private async Task Render(PreviewKey key, StoredFile source)
    {
        await using var scope = scopes.CreateAsyncScope();
        var started = time.GetTimestamp();
        var rendering = await IsImage(scope.ServiceProvider.GetRequiredService<IBlobStore>(), source)
            ? await Decode(scope.ServiceProvider.GetRequiredService<BlobReader>(), key, source)
            : PreviewRendering.Refused(PreviewRefusal.NotAnImage);
        metrics.RecordRendering(rendering.Refusal, time.GetElapsedTime(started));
        if (rendering.Refusal is { } refusal)
        {
            logger.LogInformation("There is no preview {Preset} of blob {Blob}: {Refusal}", key.Preset, source.BlobId, refusal);
        }

        var engine = (await renderer.FindEngine(stopping.Token))!;
        await scope.ServiceProvider.GetRequiredService<PreviewWriter>().Save(key, rendering, engine, stopping.Token);
    }

    /// <summary>Most of what is no image is found out without a decoder.</summary>
    private async Task<bool> IsImage(IBlobStore store, StoredFile source)
    {
        var head = new byte[Math.Min(source.Length, HeadBytes)];
        var read = await store.Read(source.BlobId, 0, head, stopping.Token);
        return ImageFormats.Detect(head.AsSpan(0, read)) is not null;
    }

    private Task<PreviewRendering> Decode(BlobReader reader, PreviewKey key, StoredFile source) => renderer.Render(
        key.Preset,
        (int)source.Length,
        (destination, token) => reader.CopyTo(source.BlobId, 0, source.Length, destination, token),
        stopping.Token);
}
