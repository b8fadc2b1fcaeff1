using System.Collections.Concurrent;

namespace Attachments.Application.Uploads;

/// <summary>
/// The requests of this process that are receiving bytes of uploads. One that is being taken over is told at once, so that it can store
/// what it has. Only the fence decides: a request of another process is not told, and notices when it writes.
/// </summary>
public sealed class UploadWriters
{
    /// <summary>How long a request that takes over waits for the one that it takes over from.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Guid, Writer> writers = new();

    /// <summary>Tells the request that is receiving bytes of this upload, if there is one, and waits a moment for it to store them.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> Interrupt(Guid uploadId, CancellationToken cancellationToken)
    {
        if (!writers.TryGetValue(uploadId, out var writer))
        {
            return false;
        }

        writer.Interrupt();
        await Task.WhenAny(writer.Ended, Task.Delay(Grace, cancellationToken));
        return true;
    }

    /// <summary>Begins to receive. Dispose it when the request writes no more.</summary>
    public Writer Enter(Guid uploadId)
    {
        var writer = new Writer(this, uploadId);
        writers.AddOrUpdate(
            uploadId,
            writer,
            (_, other) =>
            {
                other.Interrupt();
                return writer;
            });
        return writer;
    }

    /// <summary>A request that is receiving bytes.</summary>
    public sealed class Writer(UploadWriters writers, Guid uploadId) : IDisposable
    {
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource interruption = new();

        /// <summary>Another request takes over.</summary>
        public CancellationToken Interrupted => interruption.Token;

        internal Task Ended => ended.Task;

        public void Dispose()
        {
            writers.writers.TryRemove(KeyValuePair.Create(uploadId, this));
            ended.TrySetResult();
        }

        // Not disposed: it has no timer, and may be told after its end.
        internal void Interrupt() => interruption.Cancel();
    }
}
