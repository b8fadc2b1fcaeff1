using System.Linq.Expressions;
using System.Numerics;
using System.Reflection;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>What a comparison of two operands comes to.</summary>
internal static class Comparisons
{
    private static readonly MethodInfo CompareText = new Func<string, string, int>(string.Compare).Method;

    /// <summary>
    /// Compares operands of one kind, or with null: null equals null, differs from all else, and is neither greater nor less.
    /// </summary>
    public static Operand Compare(Comparison comparison, Operand left, Operand right)
    {
        if (left.Kind == ValueKind.Null || right.Kind == ValueKind.Null)
        {
            return LiteralOperand.From(comparison switch
            {
                Comparison.Equal => left.Kind == right.Kind,
                Comparison.NotEqual => left.Kind != right.Kind,
                _ => false,
            });
        }

        return (left, right) switch
        {
            (LiteralOperand a, LiteralOperand b) => LiteralOperand.From(Holds(comparison, Literal.Compare(a.Value, b.Value))),
            (LiteralOperand a, ComputedOperand b) => WithLiteral(Mirrored(comparison), b, a.Value),
            (ComputedOperand a, LiteralOperand b) => WithLiteral(comparison, a, b.Value),
            (ComputedOperand a, ComputedOperand b) => Computed(comparison, a.Value, b.Value),
            _ => throw new InvalidOperationException("An operand is a literal or computed."),
        };
    }

    /// <summary>Whether the operand is one of the literals, which are of its kind or null.</summary>
    public static Operand Membership(Operand operand, IReadOnlyList<Literal> items)
    {
        if (operand is not ComputedOperand computed)
        {
            var value = ((LiteralOperand)operand).Value;
            return LiteralOperand.From(
                items.Any(item => item.Kind == value.Kind && (item.Value is null || Literal.Compare(item, value) == 0)));
        }

        return computed.Kind switch
        {
            ValueKind.Text => Among(computed, items.Select(item => item.Value).OfType<string>()),
            ValueKind.Guid => Among(computed, items.Select(item => item.Value).OfType<Guid>()),
            ValueKind.Number => Among(computed, items.Select(item => item.Value).OfType<ExactNumber>()
                .Where(number => number.IsWhole && IsLong(number.Floor)).Select(number => (long)number.Floor)),
            ValueKind.DateTime => Among(computed, items.Select(item => item.Value).OfType<ExactTime>()
                .Where(time => time.IsWhole).Select(time => time.Floor)),
            _ => throw new ArgumentOutOfRangeException(nameof(operand)),
        };
    }

    private static ComputedOperand Among<TValue>(ComputedOperand operand, IEnumerable<TValue> items)
    {
        var contains = new Func<IEnumerable<TValue>, TValue, bool>(Enumerable.Contains).Method;
        return new ComputedOperand(ValueKind.Condition, Expression.Call(contains, Parameter.Create(items.ToArray()), operand.Value));
    }

    private static Operand WithLiteral(Comparison comparison, ComputedOperand operand, Literal literal) => literal.Value switch
    {
        bool value => value == (comparison == Comparison.Equal)
            ? operand
            : new ComputedOperand(ValueKind.Condition, Expression.Not(operand.Value)),
        string text => Computed(comparison, operand.Value, Parameter.Create(text)),
        Guid guid => Computed(comparison, operand.Value, Parameter.Create(guid)),
        ExactTime time => WithFloor(comparison, operand.Value, Parameter.Create(time.Floor), time.IsWhole),
        ExactNumber number when IsLong(number.Floor) =>
            WithFloor(comparison, operand.Value, Parameter.Create((long)number.Floor), number.IsWhole),
        ExactNumber number => LiteralOperand.From(Holds(comparison, -number.Floor.Sign)),
        _ => throw new ArgumentOutOfRangeException(nameof(literal)),
    };

    /// <summary>
    /// Compares a value that the database counts in whole steps with one that may lie between two of them, and is told by the one below.
    /// </summary>
    private static Operand WithFloor(Comparison comparison, Expression value, Expression floor, bool isWhole) => comparison switch
    {
        _ when isWhole => Computed(comparison, value, floor),
        Comparison.Equal => LiteralOperand.From(false),
        Comparison.NotEqual => LiteralOperand.From(true),
        Comparison.Less => Computed(Comparison.LessOrEqual, value, floor),
        Comparison.GreaterOrEqual => Computed(Comparison.Greater, value, floor),
        _ => Computed(comparison, value, floor),
    };

    private static ComputedOperand Computed(Comparison comparison, Expression left, Expression right)
    {
        if (left.Type == typeof(string) && comparison is not (Comparison.Equal or Comparison.NotEqual))
        {
            left = Expression.Call(CompareText, left, right);
            right = Expression.Constant(0);
        }

        return new ComputedOperand(ValueKind.Condition, Expression.MakeBinary(Operator(comparison), left, right));
    }

    private static ExpressionType Operator(Comparison comparison) => comparison switch
    {
        Comparison.Equal => ExpressionType.Equal,
        Comparison.NotEqual => ExpressionType.NotEqual,
        Comparison.Greater => ExpressionType.GreaterThan,
        Comparison.GreaterOrEqual => ExpressionType.GreaterThanOrEqual,
        Comparison.Less => ExpressionType.LessThan,
        Comparison.LessOrEqual => ExpressionType.LessThanOrEqual,
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };

    private static Comparison Mirrored(Comparison comparison) => comparison switch
    {
        Comparison.Greater => Comparison.Less,
        Comparison.GreaterOrEqual => Comparison.LessOrEqual,
        Comparison.Less => Comparison.Greater,
        Comparison.LessOrEqual => Comparison.GreaterOrEqual,
        _ => comparison,
    };

    private static bool Holds(Comparison comparison, int sign) => comparison switch
    {
        Comparison.Equal => sign == 0,
        Comparison.NotEqual => sign != 0,
        Comparison.Greater => sign > 0,
        Comparison.GreaterOrEqual => sign >= 0,
        Comparison.Less => sign < 0,
        Comparison.LessOrEqual => sign <= 0,
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };

    private static bool IsLong(BigInteger number) => number >= long.MinValue && number <= long.MaxValue;
}
