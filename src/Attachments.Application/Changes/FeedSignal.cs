namespace Attachments.Application.Changes;

/// <summary>Wakes those who wait for changes, without a connection of the database for each of them.</summary>
public sealed class FeedSignal
{
    private readonly Lock gate = new();
    private TaskCompletionSource advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long last;

    /// <summary>Says the last position of the feed. Those who wait for one before it wake.</summary>
    public void Report(long position)
    {
        TaskCompletionSource woken;
        lock (gate)
        {
            if (position == last)
            {
                return;
            }

            last = position;
            woken = advanced;
            advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        woken.SetResult();
    }

    /// <summary>Returns when there is a position after this one.</summary>
    public async Task WaitAfter(long position, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (last > position)
                {
                    return;
                }

                next = advanced.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }
}
