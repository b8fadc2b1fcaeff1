using System.Linq.Expressions;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>A typed value.</summary>
internal abstract record Operand(ValueKind Kind);

/// <summary>One that is known before the database is asked.</summary>
internal sealed record LiteralOperand(Literal Value) : Operand(Value.Kind)
{
    public static LiteralOperand From(bool value) => new(Literal.From(value));

    public static LiteralOperand From(int value) => new(new Literal(ValueKind.Number, ExactNumber.From(value)));
}

/// <summary>One that the database computes, which may differ from item to item.</summary>
/// <param name="Kind">Of what type.</param>
/// <param name="Value">Of type string, long, Guid, DateTimeOffset or bool, by its kind.</param>
internal sealed record ComputedOperand(ValueKind Kind, Expression Value) : Operand(Kind);
