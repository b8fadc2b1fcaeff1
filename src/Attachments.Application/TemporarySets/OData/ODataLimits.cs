namespace Attachments.Application.TemporarySets.OData;

/// <summary>The limits of a query. A query beyond them is refused before it is processed. They bound the SQL statement.</summary>
internal static class ODataLimits
{
    /// <summary>Of one option, in UTF-16 code units: as many as a request line may have bytes.</summary>
    public const int MaxLength = 8192;

    /// <summary>Parentheses, functions and negations within each other.</summary>
    public const int MaxDepth = 100;

    /// <summary>Comparisons and <c>in</c> lists of one option.</summary>
    public const int MaxComparisons = 200;

    /// <summary>
    /// Function calls of one option: each can make the database go through every character of every item, which no comparison does.
    /// </summary>
    public const int MaxCalls = 20;

    /// <summary>Literals of one <c>in</c> list.</summary>
    public const int MaxListItems = 1000;

    /// <summary>Terms of <c>$orderby</c>.</summary>
    public const int MaxOrderings = 16;

    /// <summary>Items of a list that is sorted by <c>$orderby</c>.</summary>
    public const int MaxSorted = 100_000;
}
