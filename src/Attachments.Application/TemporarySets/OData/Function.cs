using System.Linq.Expressions;
using System.Reflection;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>A function of the language.</summary>
/// <param name="Takes">Of what kind its arguments are.</param>
/// <param name="Arity">How many it takes.</param>
/// <param name="Call">Its value.</param>
internal sealed record Function(ValueKind Takes, int Arity, Func<Expression[], ComputedOperand> Call)
{
    /// <summary>
    /// The part of a date-time that it gives; null where it gives something else. That of a literal is known before the database is asked,
    /// which could not tell the first moment of all: its driver sends that as minus infinity.
    /// </summary>
    public Func<DateTimeOffset, int>? DatePart { get; private init; }

    /// <summary>By name, which is case-sensitive.</summary>
    public static IReadOnlyDictionary<string, Function> All { get; } = new Dictionary<string, Function>(StringComparer.Ordinal)
    {
        ["contains"] = Test(nameof(ODataFunctions.Contains)),
        ["startswith"] = Test(nameof(ODataFunctions.StartsWith)),
        ["endswith"] = Test(nameof(ODataFunctions.EndsWith)),
        // What version 4 replaced by contains: the part comes first.
        ["substringof"] = new(ValueKind.Text, 2, arguments => Test(nameof(ODataFunctions.Contains)).Call([arguments[1], arguments[0]])),
        ["length"] = new(ValueKind.Text, 1, arguments => Number(InDatabase(nameof(ODataFunctions.Length), arguments))),
        ["tolower"] = Change(nameof(ODataFunctions.ToLower)),
        ["toupper"] = Change(nameof(ODataFunctions.ToUpper)),
        ["trim"] = Change(nameof(ODataFunctions.Trim)),
        ["year"] = DateTimePart(nameof(DateTimeOffset.Year), time => time.Year),
        ["month"] = DateTimePart(nameof(DateTimeOffset.Month), time => time.Month),
        ["day"] = DateTimePart(nameof(DateTimeOffset.Day), time => time.Day),
        ["hour"] = DateTimePart(nameof(DateTimeOffset.Hour), time => time.Hour),
        ["minute"] = DateTimePart(nameof(DateTimeOffset.Minute), time => time.Minute),
        ["second"] = new(ValueKind.DateTime, 1, arguments => Number(InDatabase(nameof(ODataFunctions.Second), arguments)))
        {
            DatePart = time => time.Second,
        },
    };

    private static Function Test(string method) =>
        new(ValueKind.Text, 2, arguments => new ComputedOperand(ValueKind.Condition, InDatabase(method, arguments)));

    private static Function Change(string method) =>
        new(ValueKind.Text, 1, arguments => new ComputedOperand(ValueKind.Text, InDatabase(method, arguments)));

    private static Function DateTimePart(string property, Func<DateTimeOffset, int> part) =>
        new(ValueKind.DateTime, 1, arguments => Number(Expression.Property(arguments[0], property))) { DatePart = part };

    private static MethodCallExpression InDatabase(string method, Expression[] arguments) =>
        Expression.Call(typeof(ODataFunctions).GetMethod(method, BindingFlags.Public | BindingFlags.Static)!, arguments);

    private static ComputedOperand Number(Expression value) => new(ValueKind.Number, Expression.Convert(value, typeof(long)));
}
