namespace Attachments.Application.Paging;

/// <summary>A page of a list.</summary>
/// <param name="Items">In the list's order.</param>
/// <param name="Next">The cursor of the page after it; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
