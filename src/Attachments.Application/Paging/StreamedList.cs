namespace Attachments.Application.Paging;

/// <summary>Extensions for lists that are streamed to the client.</summary>
internal static class StreamedList
{
    /// <summary>
    /// Reads the first item immediately, so that an unreadable list fails before the response begins. The others are read when they are
    /// requested.
    /// </summary>
    /// <param name="items">Enumerated once. It holds no connection between two items.</param>
    /// <param name="cancellationToken">The client went away.</param>
    public static async Task<IAsyncEnumerable<T>> PrefetchFirst<T>(this IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        var enumerator = items.GetAsyncEnumerator(cancellationToken);
        return Rest(enumerator, await enumerator.MoveNextAsync());
    }

    private static async IAsyncEnumerable<T> Rest<T>(IAsyncEnumerator<T> items, bool any)
    {
        await using (items)
        {
            for (; any; any = await items.MoveNextAsync())
            {
                yield return items.Current;
            }
        }
    }
}
