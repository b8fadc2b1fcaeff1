using System.Linq.Expressions;
using Attachments.Application.Text;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>
/// The fields by which items can be filtered and sorted. Their names are case-sensitive, and none is ever null. Strings compare by code
/// point if their columns do (collation <c>C</c>), and date-times are in UTC.
/// </summary>
/// <param name="ordinal">Decides between equals, and the order where none is asked for.</param>
public sealed class ODataFields<T>(Expression<Func<T, long>> ordinal)
{
    private readonly Dictionary<string, (ValueKind Kind, LambdaExpression Value)> fields = new(StringComparer.Ordinal);

    internal Expression<Func<T, long>> Ordinal { get; } = ordinal;

    internal bool Has(string name) => fields.ContainsKey(name);

    /// <summary>The fault of an expression that names no field.</summary>
    internal string Missing(string name) => $"unknown field {Quoted.Format(name)}; the fields are {string.Join(", ", fields.Keys)}";

    public ODataFields<T> Add(string name, Expression<Func<T, string>> value) => Add(name, ValueKind.Text, value);

    public ODataFields<T> Add(string name, Expression<Func<T, long>> value) => Add(name, ValueKind.Number, value);

    public ODataFields<T> Add(string name, Expression<Func<T, Guid>> value) => Add(name, ValueKind.Guid, value);

    public ODataFields<T> Add(string name, Expression<Func<T, DateTimeOffset>> value) => Add(name, ValueKind.DateTime, value);

    /// <summary>The field's value of <paramref name="item"/>; null where there is no such field.</summary>
    internal ComputedOperand? Find(string name, ParameterExpression item) => fields.TryGetValue(name, out var field)
        ? new ComputedOperand(field.Kind, new Replacement(field.Value.Parameters[0], item).Visit(field.Value.Body))
        : null;

    private ODataFields<T> Add(string name, ValueKind kind, LambdaExpression value)
    {
        fields.Add(name, (kind, value));
        return this;
    }

    private sealed class Replacement(ParameterExpression old, ParameterExpression item) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == old ? item : node;
    }
}
