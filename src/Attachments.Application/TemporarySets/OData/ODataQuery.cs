using System.Linq.Expressions;
using Attachments.Application.Errors;
using Attachments.Application.Text;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>Reads a list's query options: the subset of OData 3 and 4 that decision 0013 describes.</summary>
public static class ODataQuery
{
    /// <summary>
    /// Reads the options <c>$filter</c>, <c>$orderby</c>, <c>$skip</c>, <c>$top</c>, <c>$take</c>, <c>$inlinecount</c>, <c>$count</c>,
    /// <c>$select</c> and <c>$format</c>, with or without their <c>$</c>.
    /// </summary>
    /// <param name="options">Name and percent-decoded value of each part of the query string; one that was sent twice is there twice.</param>
    /// <param name="fields">What can be filtered and sorted by.</param>
    /// <exception cref="InvalidRequestException">
    /// An option is unknown, repeated, too long or wrong (<c>odata_invalid</c>). The detail names the option, the number of the
    /// character from 1 where it goes wrong, and what was expected there.
    /// </exception>
    public static ODataQuery<T> Parse<T>(IEnumerable<KeyValuePair<string, string>> options, ODataFields<T> fields) =>
        new(new QueryOptions(options), fields);
}

/// <summary>What a client asked of a list. It runs in the database; see <see cref="ODataFunctions"/>.</summary>
public sealed class ODataQuery<T>
{
    private readonly Expression<Func<T, bool>>? filter;
    private readonly List<(LambdaExpression Key, bool Descending)> orderings;
    private readonly Expression<Func<T, long>> ordinal;

    internal ODataQuery(QueryOptions options, ODataFields<T> fields)
    {
        ordinal = fields.Ordinal;
        filter = options.Find("$filter") is { } text ? ReadFilter(text, fields) : null;
        orderings = options.Find("$orderby") is { } terms ? ReadOrderings(terms, fields) : [];
        Skip = options.Count("$skip");
        Top = Smaller(options.Count("$top"), options.Count("$take"));
        HasODataCount = options.Find("$count") is { } count && ReadCount(count);
        CountsAll = (options.Find("$inlinecount") is { } inlineCount && ReadInlineCount(inlineCount)) || HasODataCount;
        Selected = options.Find("$select") is { } names ? ReadSelection(names, fields) : null;
        RequireJson(options.Find("$format"));
    }

    /// <summary>How many items to leave out; null where the client does not say.</summary>
    public long? Skip { get; }

    /// <summary>
    /// How many items to return at most, by <c>$top</c> or <c>$take</c>, the smaller of both; null where the client does not say.
    /// </summary>
    public long? Top { get; }

    /// <summary>Whether the number of all items that pass the filter is to be returned too.</summary>
    public bool CountsAll { get; }

    /// <summary>Whether that number is to be returned as OData 4 names it, too.</summary>
    public bool HasODataCount { get; }

    /// <summary>The fields to return; null for all of an item.</summary>
    public IReadOnlySet<string>? Selected { get; }

    /// <summary>Whether <c>$orderby</c> gives the items another order than that of their ordinals.</summary>
    public bool IsSorted => orderings.Count > 0;

    /// <summary>The items that <c>$filter</c> lets pass.</summary>
    public IQueryable<T> Filter(IQueryable<T> items) => filter is null ? items : items.Where(filter);

    /// <summary>The items in the order of <c>$orderby</c>, and of their ordinal where that does not decide.</summary>
    public IOrderedQueryable<T> Order(IQueryable<T> items)
    {
        var ordered = items.Expression;
        var first = true;
        foreach (var (key, descending) in orderings)
        {
            ordered = Ordered(ordered, key, descending, first);
            first = false;
        }

        return (IOrderedQueryable<T>)items.Provider.CreateQuery<T>(Ordered(ordered, ordinal, false, first));
    }

    /// <summary>The items, in their order, that <c>$skip</c> and <c>$top</c> leave, and of those the first.</summary>
    /// <param name="items">In their order.</param>
    /// <param name="limit">How many at most.</param>
    public IQueryable<T> Page(IOrderedQueryable<T> items, int limit)
    {
        var rest = Skip is { } skip ? items.Skip((int)Math.Min(skip, int.MaxValue)) : items;
        return rest.Take((int)Math.Min(Top ?? limit, limit));
    }

    private static MethodCallExpression Ordered(Expression items, LambdaExpression key, bool descending, bool first)
    {
        var method = (first, descending) switch
        {
            (true, false) => nameof(Queryable.OrderBy),
            (true, true) => nameof(Queryable.OrderByDescending),
            (false, false) => nameof(Queryable.ThenBy),
            (false, true) => nameof(Queryable.ThenByDescending),
        };
        return Expression.Call(typeof(Queryable), method, [typeof(T), key.ReturnType], items, Expression.Quote(key));
    }

    private static Expression<Func<T, bool>> ReadFilter(OptionText text, ODataFields<T> fields) =>
        new Binder<T>(text, fields, Expression.Parameter(typeof(T), "item")).Filter(ExpressionParser.Filter(text));

    private static List<(LambdaExpression, bool)> ReadOrderings(OptionText text, ODataFields<T> fields)
    {
        var binder = new Binder<T>(text, fields, Expression.Parameter(typeof(T), "item"));
        return [.. ExpressionParser.Orderings(text).Select(ordering => (binder.Key(ordering.Key), ordering.Descending))];
    }

    private static bool ReadInlineCount(OptionText text) => text.Text switch
    {
        "allpages" => true,
        "none" => false,
        _ => throw text.Invalid(0, $"expected none or allpages, found {Quoted.Format(text.Text)}"),
    };

    private static bool ReadCount(OptionText text) => text.Text switch
    {
        "true" => true,
        "false" => false,
        _ => throw text.Invalid(0, $"expected true or false, found {Quoted.Format(text.Text)}"),
    };

    private static HashSet<string>? ReadSelection(OptionText text, ODataFields<T> fields)
    {
        if (text.Text == "*")
        {
            return null;
        }

        var names = ExpressionParser.Names(text);
        return names.FirstOrDefault(name => !fields.Has(name.Name)) is { } unknown
            ? throw text.Invalid(unknown.Position, fields.Missing(unknown.Name))
            : [.. names.Select(name => name.Name)];
    }

    private static void RequireJson(OptionText? format)
    {
        if (format is not null && format.Text.Split(';')[0].Trim().ToLowerInvariant() is not ("json" or "application/json"))
        {
            throw format.Invalid(0, $"expected json, found {Quoted.Format(format.Text)}");
        }
    }

    private static long? Smaller(long? one, long? other) => one is { } a && other is { } b ? Math.Min(a, b) : one ?? other;
}
