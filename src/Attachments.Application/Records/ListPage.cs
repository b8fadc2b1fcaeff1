using Attachments.Application.Errors;
using Attachments.Application.Paging;

namespace Attachments.Application.Records;

/// <summary>How the lists of this family are paged.</summary>
public static class ListPage
{
    public const int DefaultSize = 50;
    public const int MaxSize = 1000;

    /// <summary>The query parameter of the size.</summary>
    public const string SizeParameter = "page[size]";

    /// <summary>The query parameter of the cursor.</summary>
    public const string AfterParameter = "page[after]";

    /// <summary>A query parameter that cannot be followed.</summary>
    /// <param name="parameter">Its name.</param>
    /// <param name="why">What follows the name in a sentence.</param>
    public static InvalidRequestException Invalid(string parameter, string why) => new(
        "query_invalid", $"The query parameter '{parameter}' {why}.", new Dictionary<string, string[]> { [parameter] = [why] });

    /// <summary>The place that a cursor names; null where none was sent.</summary>
    /// <exception cref="InvalidRequestException"><c>query_invalid</c>: it is not one that the list gave.</exception>
    internal static T? PlaceOf<T>(string? after, Func<string, T?> parse)
        where T : class =>
        after is null ? null : parse(after) ?? throw Invalid(AfterParameter, "is not a cursor that this list gave");

    /// <summary>A page of what was found when one more was asked for.</summary>
    internal static Page<T> ToPage<T>(this List<T> found, int size, Func<T, string> cursorOf) => found.Count <= size
        ? new Page<T>(found, null)
        : new Page<T>(found.GetRange(0, size), cursorOf(found[size - 1]));
}

/// <summary>A part of a list.</summary>
/// <param name="Size">How many at most: 1 to <see cref="ListPage.MaxSize"/>.</param>
/// <param name="After">The cursor of the part before; null for the first.</param>
public sealed record PageRequest(int Size, string? After);
