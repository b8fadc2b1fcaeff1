namespace Attachments.Application.TemporarySets.OData;

/// <summary>An expression as it was written, before anyone asks what its names and types mean.</summary>
/// <param name="Position">
/// Where to point when it is wrong, from 0: the first character of a value, the operator of a comparison.
/// </param>
internal abstract record Node(int Position);

internal sealed record LiteralNode(int Position, Literal Value) : Node(Position);

internal sealed record FieldNode(int Position, string Name) : Node(Position);

internal sealed record CallNode(int Position, string Function, IReadOnlyList<Node> Arguments) : Node(Position);

internal sealed record NotNode(int Position, Node Operand) : Node(Position);

/// <summary>A chain of <c>and</c>, or one of <c>or</c>; however it was put in parentheses, it is one level.</summary>
internal sealed record JunctionNode(int Position, bool IsAnd, IReadOnlyList<Node> Terms) : Node(Position);

internal sealed record ComparisonNode(int Position, Comparison Comparison, Node Left, Node Right) : Node(Position);

internal sealed record MembershipNode(int Position, Node Operand, IReadOnlyList<LiteralNode> Items) : Node(Position);

/// <summary>A term of <c>$orderby</c>.</summary>
internal sealed record OrderingNode(Node Key, bool Descending);

internal enum Comparison
{
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}
