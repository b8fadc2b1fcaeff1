namespace Attachments.Application.Content.Uploads;

/// <summary>A shared amount of memory, in bytes. Waiting requests are served in the order of their arrival.</summary>
/// <param name="capacity">All of it.</param>
public sealed class MemoryBudget(long capacity)
{
    private readonly Lock turn = new();
    private readonly LinkedList<Waiter> queue = new();
    private long free = capacity;
    private int waiting;

    /// <summary>The bytes that are free.</summary>
    public long Free => Interlocked.Read(ref free);

    /// <summary>The number of waiting requests.</summary>
    public int Waiting => Volatile.Read(ref waiting);

    /// <summary>Takes an amount if it is free and nobody else is waiting.</summary>
    /// <returns>False: nothing was taken.</returns>
    public bool TryTake(long bytes) => Volatile.Read(ref waiting) == 0 && TrySubtract(bytes);

    /// <summary>Takes an amount, at most the capacity. Waits until it is free and all earlier requests have been served.</summary>
    /// <returns>False: it was not there in time, and nothing was taken.</returns>
    public ValueTask<bool> Take(long bytes, TimeSpan timeout, CancellationToken cancellationToken) =>
        TryTake(bytes) ? ValueTask.FromResult(true) : new ValueTask<bool>(Wait(bytes, timeout, cancellationToken));

    /// <summary>Returns an amount.</summary>
    public void Return(long bytes)
    {
        Interlocked.Add(ref free, bytes);

        // A waiting request counts itself before its last attempt, so either it sees this memory or this thread sees it waiting.
        if (Volatile.Read(ref waiting) > 0)
        {
            lock (turn)
            {
                Serve();
            }
        }
    }

    private async Task<bool> Wait(long bytes, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var waiter = Enqueue(bytes);
        try
        {
            await waiter.Value.Served.Task.WaitAsync(timeout, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return !Leave(waiter);
        }
        catch (OperationCanceledException)
        {
            if (!Leave(waiter))
            {
                Return(bytes);
            }

            throw;
        }
    }

    private LinkedListNode<Waiter> Enqueue(long bytes)
    {
        lock (turn)
        {
            var waiter = queue.AddLast(new Waiter(bytes));
            Interlocked.Increment(ref waiting);
            Serve();
            return waiter;
        }
    }

    /// <returns>False: it has been served.</returns>
    private bool Leave(LinkedListNode<Waiter> waiter)
    {
        lock (turn)
        {
            if (waiter.List is null)
            {
                return false;
            }

            Remove(waiter);

            // Requests behind it may need less.
            Serve();
            return true;
        }
    }

    private void Serve()
    {
        while (queue.First is { } next && TrySubtract(next.Value.Bytes))
        {
            Remove(next);
            next.Value.Served.SetResult();
        }
    }

    private void Remove(LinkedListNode<Waiter> waiter)
    {
        queue.Remove(waiter);
        Interlocked.Decrement(ref waiting);
    }

    private bool TrySubtract(long bytes)
    {
        for (var seen = Interlocked.Read(ref free); seen >= bytes;)
        {
            var before = Interlocked.CompareExchange(ref free, seen - bytes, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    private sealed class Waiter(long bytes)
    {
        public long Bytes { get; } = bytes;

        public TaskCompletionSource Served { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
