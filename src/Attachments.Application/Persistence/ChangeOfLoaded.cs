namespace Attachments.Application.Persistence;

/// <summary>Changes of one aggregate that wait for something: for the bytes of a file that it is to hold.</summary>
public static class ChangeOfLoaded
{
    /// <summary>
    /// How long an aggregate that was loaded before is acted on. After that, another request is likely to have changed it, and its memory is
    /// not held for a client that is slow.
    /// </summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Loads an aggregate and checks it, so that what is to be refused is refused before it is waited for; waits; and changes the aggregate as
    /// <see cref="IAttachmentsDb.Change{T}"/> does, which checks it again. Where the wait was short, the first attempt acts on the
    /// aggregate as it was loaded: whether another request has changed it meanwhile, its revision tells when it is saved. Any other
    /// attempt loads it anew.
    /// </summary>
    /// <param name="db">The database.</param>
    /// <param name="load">Loads the aggregate, tracked, with all that is decided on.</param>
    /// <param name="check">Refuses by an exception.</param>
    /// <param name="wait">What is waited for. It uses no tracked entity.</param>
    /// <param name="change">Changes the aggregate so that its revision goes up.</param>
    /// <param name="cancellationToken">Ends the loading; once it has been waited, the change goes on to its end.</param>
    public static async Task<T> Change<TAggregate, TResult, T>(
        this IAttachmentsDb db,
        Func<CancellationToken, Task<TAggregate>> load,
        Action<TAggregate> check,
        Func<Task<TResult>> wait,
        Func<TAggregate, TResult, CancellationToken, Task<T>> change,
        CancellationToken cancellationToken)
        where TAggregate : class
    {
        TAggregate? loaded = await load(cancellationToken);
        check(loaded);
        var waiting = wait();
        if (!await EndsSoon(waiting))
        {
            loaded = null;
            db.Forget();
        }

        var result = await waiting;
        return await db.Change(Attempt, CancellationToken.None);

        async Task<T> Attempt(CancellationToken token)
        {
            var aggregate = loaded ?? await load(token);
            loaded = null;
            check(aggregate);
            return await change(aggregate, result, token);
        }
    }

    private static async Task<bool> EndsSoon(Task task)
    {
        await task.WaitAsync(Freshness).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
