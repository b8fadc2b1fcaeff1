namespace Attachments.Application.Paging;

/// <summary>A part of a list that is read by cursors.</summary>
/// <param name="Size">How many at most: 1 to <see cref="MaxSize"/>.</param>
/// <param name="After">The cursor of the part before; null for the first.</param>
public sealed record PageRequest(int Size, string? After)
{
    public const int DefaultSize = 50;
    public const int MaxSize = 1000;

    /// <summary>The place after which the page begins; null for the first page.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one that the list gave.</exception>
    internal T? ParseAfter<T>(Func<string, T?> parse)
        where T : class =>
        After is null ? null : parse(After) ?? throw new InvalidCursorException();

    /// <summary>A page of what was found when one more was asked for.</summary>
    internal Page<T> ToPage<T>(List<T> found, Func<T, string> cursorOf) => found.Count <= Size
        ? new Page<T>(found, null)
        : new Page<T>(found.GetRange(0, Size), cursorOf(found[Size - 1]));
}

/// <summary>A cursor that the list did not give. Whoever read the cursor knows the parameter to name in the answer.</summary>
public sealed class InvalidCursorException() : Exception("The cursor is not from this list.");
