namespace Attachments.Application.Paging;

/// <summary>A request for a page of a list with cursors.</summary>
/// <param name="Size">The largest number of items: 1 to <see cref="MaxSize"/>.</param>
/// <param name="After">The cursor of the part before; null for the first.</param>
public sealed record PageRequest(int Size, string? After)
{
    public const int DefaultSize = 50;
    public const int MaxSize = 1000;

    /// <summary>The position after which the page begins; null for the first page.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one that the list gave.</exception>
    internal T? ParseAfter<T>(Func<string, T?> parse)
        where T : class =>
        After is null ? null : parse(After) ?? throw new InvalidCursorException();

    /// <summary>Makes a page of items that were queried with a limit of <see cref="Size"/> + 1.</summary>
    internal Page<T> ToPage<T>(List<T> found, Func<T, string> getCursor) => found.Count <= Size
        ? new Page<T>(found, null)
        : new Page<T>(found.GetRange(0, Size), getCursor(found[Size - 1]));
}

/// <summary>The cursor is not from this list. The caller knows the name of the parameter for the error message.</summary>
public sealed class InvalidCursorException() : Exception("The cursor is not from this list.");
