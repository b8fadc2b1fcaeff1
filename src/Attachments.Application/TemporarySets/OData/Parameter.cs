using System.Linq.Expressions;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>
/// Makes an expression that EF Core translates to a parameter. EF Core does this for captured variables; a constant would become part of
/// the statement, and each value would compile a new query.
/// </summary>
internal static class Parameter
{
    public static Expression Create<TValue>(TValue value) => Expression.Field(
        Expression.Constant(new Captured<TValue>(value)), nameof(Captured<>.Value));

    // No record: two of equal value would become one parameter, and the statement's shape would depend on the values.
    private sealed class Captured<TValue>(TValue value)
    {
        public readonly TValue Value = value;
    }
}
