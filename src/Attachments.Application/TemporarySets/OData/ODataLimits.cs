namespace Attachments.Application.TemporarySets.OData;

/// <summary>What a query may ask for; more is refused before it is worked on. They bound the statement that the database is sent.</summary>
internal static class ODataLimits
{
    /// <summary>Of one option, in UTF-16 code units: as many as a request line may have bytes.</summary>
    public const int MaxLength = 8192;

    /// <summary>Parentheses, functions and negations within each other.</summary>
    public const int MaxDepth = 100;

    /// <summary>Comparisons, <c>in</c> lists and function calls of one option.</summary>
    public const int MaxOperations = 200;

    /// <summary>Literals of one <c>in</c> list.</summary>
    public const int MaxListItems = 1000;

    /// <summary>Terms of <c>$orderby</c>.</summary>
    public const int MaxOrderings = 16;
}
