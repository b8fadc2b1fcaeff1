using System.Linq.Expressions;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>
/// A value that the statement takes as a parameter. EF Core makes one of what it reads from a captured variable, which this is; a constant
/// it would write into the statement, and compile the query anew for each.
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
