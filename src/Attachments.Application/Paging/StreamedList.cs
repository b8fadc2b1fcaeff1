namespace Attachments.Application.Paging;

/// <summary>Lists that are read while they are sent.</summary>
internal static class StreamedList
{
    /// <summary>
    /// Reads the first item at once, so that a list that cannot be read fails before its answer begins; the others when they are asked for.
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
