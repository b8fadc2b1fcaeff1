using System.Globalization;
using System.Linq.Expressions;
using Attachments.Application.Text;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>Gives names and types of an expression their meaning.</summary>
/// <param name="option">Where the expression stands.</param>
/// <param name="fields">What it can speak of.</param>
/// <param name="item">What its fields are fields of.</param>
internal sealed class Binder<T>(OptionText option, ODataFields<T> fields, ParameterExpression item)
{
    /// <summary>The condition of <c>$filter</c>.</summary>
    public Expression<Func<T, bool>> Filter(Node node) => Expression.Lambda<Func<T, bool>>(
        Condition(node, "expected a condition") switch
        {
            LiteralOperand literal => Expression.Constant(literal.Value.Value),
            ComputedOperand computed => computed.Value,
            _ => throw new InvalidOperationException("An operand is a literal or computed."),
        },
        item);

    /// <summary>What a term of <c>$orderby</c> sorts by.</summary>
    public LambdaExpression Key(Node node) => Bind(node) is ComputedOperand key && FieldFinder.Any(key.Value, item)
        ? Expression.Lambda(key.Value, item)
        : throw option.Invalid(node.Position, "expected a field or a function of fields, found a constant");

    private Operand Bind(Node node) => node switch
    {
        LiteralNode literal => new LiteralOperand(literal.Value),
        FieldNode field => Field(field),
        CallNode call => Call(call),
        NotNode not => Not(not),
        JunctionNode junction => Junction(junction),
        ComparisonNode comparison => Compare(comparison),
        MembershipNode membership => Membership(membership),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private ComputedOperand Field(FieldNode field) => fields.Find(field.Name, item)
        ?? throw option.Invalid(field.Position, fields.Missing(field.Name));

    private Operand Call(CallNode call)
    {
        if (!Function.All.TryGetValue(call.Function, out var function))
        {
            throw option.Invalid(
                call.Position,
                $"unknown function {Quoted.Format(call.Function)}; the functions are {string.Join(", ", Function.All.Keys)}");
        }

        if (call.Arguments.Count != function.Arity)
        {
            throw option.Invalid(call.Position, string.Create(
                CultureInfo.InvariantCulture, $"{call.Function} takes {function.Arity} argument(s), not {call.Arguments.Count}"));
        }

        var arguments = call.Arguments.Select(argument => Argument(call.Function, function.Takes, argument)).ToList();
        return function.DatePart is { } part && arguments is [LiteralOperand { Value.Value: ExactTime time }]
            ? LiteralOperand.From(part(time.Floor))
            : function.Call([.. arguments.Select(ToExpression)]);
    }

    private Operand Argument(string name, ValueKind expected, Node node)
    {
        var argument = Bind(node);
        return argument.Kind == expected
            ? argument
            : throw option.Invalid(node.Position, $"{name} takes {expected.InWords()}, found {argument.Kind.InWords()}");
    }

    private static Expression ToExpression(Operand argument) => argument switch
    {
        ComputedOperand computed => computed.Value,
        LiteralOperand { Value.Value: string text } => Parameter.Create(text),
        _ => throw new InvalidOperationException($"The database evaluates no function of {argument.Kind.InWords()}."),
    };

    private Operand Not(NotNode not) => Condition(not.Operand, "not takes a condition, such as a comparison in parentheses") switch
    {
        LiteralOperand { Value.Value: bool value } => LiteralOperand.From(!value),
        ComputedOperand computed => new ComputedOperand(ValueKind.Condition, Expression.Not(computed.Value)),
        _ => throw new InvalidOperationException("A condition is a literal or computed."),
    };

    private Operand Junction(JunctionNode junction)
    {
        var expected = (junction.IsAnd ? "and" : "or") + " takes conditions";
        var terms = junction.Terms.Select(term => Condition(term, expected)).ToList();

        // True decides an or, false an and; the other says nothing.
        if (terms.Any(term => term is LiteralOperand { Value.Value: bool value } && value != junction.IsAnd))
        {
            return LiteralOperand.From(!junction.IsAnd);
        }

        var open = terms.OfType<ComputedOperand>().Select(term => term.Value).ToArray();
        return open.Length == 0
            ? LiteralOperand.From(junction.IsAnd)
            : new ComputedOperand(ValueKind.Condition, Balanced(open, junction.IsAnd));
    }

    // What EF Core translates by recursion must not be as deep as the chain is long.
    private static Expression Balanced(ReadOnlySpan<Expression> terms, bool isAnd)
    {
        if (terms.Length == 1)
        {
            return terms[0];
        }

        var half = terms.Length / 2;
        var left = Balanced(terms[..half], isAnd);
        var right = Balanced(terms[half..], isAnd);
        return isAnd ? Expression.AndAlso(left, right) : Expression.OrElse(left, right);
    }

    private Operand Compare(ComparisonNode node)
    {
        var left = Bind(node.Left);
        var right = Bind(node.Right);
        RequireComparable(node.Position, left.Kind, right.Kind);
        if (left.Kind == ValueKind.Condition && right.Kind == ValueKind.Condition
            && node.Comparison is not (Comparison.Equal or Comparison.NotEqual))
        {
            throw option.Invalid(node.Position, "conditions have no order; compare them with eq or ne");
        }

        return Comparisons.Compare(node.Comparison, left, right);
    }

    private Operand Membership(MembershipNode node)
    {
        var operand = Bind(node.Operand);
        if (operand.Kind == ValueKind.Condition)
        {
            throw option.Invalid(node.Position, "in takes a string, a number, a date-time or a GUID, found a condition");
        }

        foreach (var literal in node.Items)
        {
            RequireComparable(literal.Position, operand.Kind, literal.Value.Kind);
        }

        return Comparisons.Membership(operand, [.. node.Items.Select(literal => literal.Value)]);
    }

    private Operand Condition(Node node, string expected)
    {
        var operand = Bind(node);
        return operand.Kind == ValueKind.Condition
            ? operand
            : throw option.Invalid(node.Position, $"{expected}, found {operand.Kind.InWords()}");
    }

    private void RequireComparable(int position, ValueKind left, ValueKind right)
    {
        if (left != right && left != ValueKind.Null && right != ValueKind.Null)
        {
            throw option.Invalid(position, $"{left.InWords()} and {right.InWords()} cannot be compared");
        }
    }

    /// <summary>Whether a value is one of some item's: functions of literals alone are the database's to compute, too.</summary>
    private sealed class FieldFinder(ParameterExpression item) : ExpressionVisitor
    {
        private bool found;

        public static bool Any(Expression value, ParameterExpression item)
        {
            var visitor = new FieldFinder(item);
            visitor.Visit(value);
            return visitor.found;
        }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            found |= node == item;
            return node;
        }
    }
}
