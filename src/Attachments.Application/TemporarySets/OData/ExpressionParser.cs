using System.Globalization;
using Attachments.Application.Errors;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>
/// Reads expressions by recursive descent, with OData's precedence: <c>in</c>, then <c>not</c>, then <c>gt ge lt le</c>, then
/// <c>eq ne</c>, then <c>and</c>, then <c>or</c>; comparisons associate to the left. It recurses no deeper than
/// <see cref="ODataLimits.MaxDepth"/>, and what it makes is no deeper than that and <see cref="ODataLimits.MaxComparisons"/> together.
/// </summary>
internal sealed class ExpressionParser
{
    private const string Operators = "eq, ne, gt, ge, lt, le, in, and, or";

    private readonly OptionText option;
    private readonly Tokenizer tokenizer;
    private Token token;
    private int depth;
    private int comparisons;
    private int calls;

    private ExpressionParser(OptionText option)
    {
        this.option = option;
        tokenizer = new Tokenizer(option);
        token = tokenizer.Next();
    }

    /// <summary>The expression of <c>$filter</c>.</summary>
    public static Node Filter(OptionText option)
    {
        var parser = new ExpressionParser(option);
        var filter = parser.Expression();
        return parser.token.Kind == TokenKind.End ? filter : throw parser.Unexpected($"an operator ({Operators}) or the end");
    }

    /// <summary>The terms of <c>$orderby</c>.</summary>
    public static IReadOnlyList<OrderingNode> Orderings(OptionText option)
    {
        var parser = new ExpressionParser(option);
        var orderings = new List<OrderingNode> { parser.Ordering() };
        while (parser.token.Kind == TokenKind.Comma)
        {
            if (orderings.Count == ODataLimits.MaxOrderings)
            {
                throw parser.TooMany(ODataLimits.MaxOrderings, "terms");
            }

            parser.Advance();
            orderings.Add(parser.Ordering());
        }

        return parser.token.Kind == TokenKind.End ? orderings : throw parser.Unexpected("asc, desc, ',' or the end");
    }

    /// <summary>The names of <c>$select</c>.</summary>
    public static IReadOnlyList<FieldNode> Names(OptionText option)
    {
        var parser = new ExpressionParser(option);
        var names = new List<FieldNode> { parser.Name() };
        while (parser.token.Kind == TokenKind.Comma)
        {
            parser.Advance();
            names.Add(parser.Name());
        }

        return parser.token.Kind == TokenKind.End ? names : throw parser.Unexpected("',' or the end");
    }

    private FieldNode Name()
    {
        var name = token.Kind == TokenKind.Word ? new FieldNode(token.Position, token.Text) : throw Unexpected("a field");
        Advance();
        return name;
    }

    private OrderingNode Ordering()
    {
        var key = Primary();
        return new OrderingNode(key, !SkipWord("asc") && SkipWord("desc"));
    }

    private Node Expression() => Junction(isAnd: false, () => Junction(isAnd: true, Equality));

    private Node Junction(bool isAnd, Func<Node> term)
    {
        var first = term();
        var word = isAnd ? "and" : "or";
        if (!token.IsWord(word))
        {
            return first;
        }

        var position = token.Position;
        var terms = new List<Node>();
        AddTerms(terms, first, isAnd);
        while (SkipWord(word))
        {
            AddTerms(terms, term(), isAnd);
        }

        return new JunctionNode(position, isAnd, terms);
    }

    // (a or b) or c is a or b or c. Clients that build a filter term by term nest it as deep as it is long.
    private static void AddTerms(List<Node> terms, Node term, bool isAnd)
    {
        if (term is JunctionNode junction && junction.IsAnd == isAnd)
        {
            terms.AddRange(junction.Terms);
        }
        else
        {
            terms.Add(term);
        }
    }

    private Node Equality() => Compared(Relation, word => word switch
    {
        "eq" => Comparison.Equal,
        "ne" => Comparison.NotEqual,
        _ => null,
    });

    private Node Relation() => Compared(Negation, word => word switch
    {
        "gt" => Comparison.Greater,
        "ge" => Comparison.GreaterOrEqual,
        "lt" => Comparison.Less,
        "le" => Comparison.LessOrEqual,
        _ => null,
    });

    private Node Compared(Func<Node> operand, Func<string, Comparison?> parseComparison)
    {
        var left = operand();
        while (token.Kind == TokenKind.Word && parseComparison(token.Text) is { } comparison)
        {
            var position = CountComparison();
            Advance();
            left = new ComparisonNode(position, comparison, left, operand());
        }

        return left;
    }

    private Node Negation()
    {
        if (!token.IsWord("not"))
        {
            return Membership();
        }

        var position = Deeper();
        Advance();
        var operand = Negation();
        depth--;
        return new NotNode(position, operand);
    }

    private Node Membership()
    {
        var operand = Primary();
        if (!token.IsWord("in"))
        {
            return operand;
        }

        var position = CountComparison();
        Advance();
        Skip(TokenKind.OpenParenthesis, "'(' and a list of literals");
        var items = new List<LiteralNode> { Item() };
        while (token.Kind == TokenKind.Comma)
        {
            if (items.Count == ODataLimits.MaxListItems)
            {
                throw TooMany(ODataLimits.MaxListItems, "literals in a list");
            }

            Advance();
            items.Add(Item());
        }

        Skip(TokenKind.CloseParenthesis, "',' or ')'");
        return new MembershipNode(position, operand, items);
    }

    private LiteralNode Item() => token.Kind == TokenKind.Literal ? TakeLiteral() : throw Unexpected("a literal");

    private Node Primary() => token.Kind switch
    {
        TokenKind.Literal => TakeLiteral(),
        TokenKind.OpenParenthesis => Parenthesized(),
        TokenKind.Word => FieldOrCall(),
        _ => throw Unexpected("a field, a function or a literal"),
    };

    private LiteralNode TakeLiteral()
    {
        var literal = new LiteralNode(token.Position, token.Value);
        Advance();
        return literal;
    }

    private Node Parenthesized()
    {
        Deeper();
        Advance();
        var inner = Expression();
        Skip(TokenKind.CloseParenthesis, $"an operator ({Operators}) or ')'");
        depth--;
        return inner;
    }

    private Node FieldOrCall()
    {
        var name = token;
        Advance();
        return token.Kind == TokenKind.OpenParenthesis ? Call(name) : new FieldNode(name.Position, name.Text);
    }

    private CallNode Call(Token name)
    {
        if (++calls > ODataLimits.MaxCalls)
        {
            throw option.Invalid(name.Position, Maximum(ODataLimits.MaxCalls, "functions"));
        }

        Deeper();
        Advance();
        var arguments = new List<Node>();
        if (token.Kind != TokenKind.CloseParenthesis)
        {
            arguments.Add(Expression());
            while (token.Kind == TokenKind.Comma)
            {
                Advance();
                arguments.Add(Expression());
            }
        }

        Skip(TokenKind.CloseParenthesis, "',' or ')'");
        depth--;
        return new CallNode(name.Position, name.Text, arguments);
    }

    private int Deeper() => ++depth <= ODataLimits.MaxDepth
        ? token.Position
        : throw option.Invalid(
            token.Position,
            string.Create(CultureInfo.InvariantCulture, $"the nesting is deeper than {ODataLimits.MaxDepth} levels"));

    private int CountComparison() => ++comparisons <= ODataLimits.MaxComparisons
        ? token.Position
        : throw TooMany(ODataLimits.MaxComparisons, "comparisons");

    private void Advance() => token = tokenizer.Next();

    private bool SkipWord(string word)
    {
        if (!token.IsWord(word))
        {
            return false;
        }

        Advance();
        return true;
    }

    private void Skip(TokenKind kind, string expected)
    {
        if (token.Kind != kind)
        {
            throw Unexpected(expected);
        }

        Advance();
    }

    private InvalidRequestException Unexpected(string expected) =>
        option.Invalid(token.Position, $"expected {expected}, found {token.Shown}");

    private InvalidRequestException TooMany(int limit, string what) => option.Invalid(token.Position, Maximum(limit, what));

    private static string Maximum(int limit, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"at most {limit} {what} are allowed");
}
