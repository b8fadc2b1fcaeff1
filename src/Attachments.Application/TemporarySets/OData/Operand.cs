using System.Linq.Expressions;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>A typed value.</summary>
internal abstract record Operand(ValueKind Kind);

/// <summary>One that is known before the database is asked.</summary>
internal sealed record LiteralOperand(Literal Value) : Operand(Value.Kind)
{
    public static LiteralOperand Of(bool value) => new(Literal.Of(value));

    /// <summary>It as an operand of a function.</summary>
    /// <exception cref="InvalidOperationException">It is of a kind that no function takes.</exception>
    public ComputedOperand Computed() => new(Kind, Value.Value switch
    {
        string text => Parameter.Of(text),
        ExactTime time => Parameter.Of(time.Floor),
        _ => throw new InvalidOperationException($"No function takes {Kind.InWords()}."),
    });
}

/// <summary>One that differs from item to item.</summary>
/// <param name="Kind">Of what type.</param>
/// <param name="Value">Of type string, long, Guid, DateTimeOffset or bool, by its kind.</param>
internal sealed record ComputedOperand(ValueKind Kind, Expression Value) : Operand(Kind);
