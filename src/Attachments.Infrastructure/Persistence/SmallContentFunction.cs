using System.Linq.Expressions;
using Attachments.Application.Content.Blobs;
using Attachments.Domain.Content;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Attachments.Infrastructure.Persistence;

/// <summary>
/// Translates <see cref="SmallContent.Read"/> to a call of the database function <c>small_content</c>, which a migration creates. The
/// columns of the blob are passed to it, since the query has found them already.
/// </summary>
internal sealed class SmallContentFunction : ExpressionVisitor, IQueryExpressionInterceptor
{
    /// <summary>
    /// For every context of the process: compiled queries are static, and EF Core builds another model for another instance of this.
    /// </summary>
    public static readonly SmallContentFunction Instance = new();

    private SmallContentFunction()
    {
    }

    /// <summary>Lets queries of this model call the function.</summary>
    public static void AddTo(ModelBuilder builder) =>
        builder.HasDbFunction(() => Call(default, default, default, default, default)).HasName("small_content");

    public Expression QueryCompilationStarting(Expression queryExpression, QueryExpressionEventData eventData) => Visit(queryExpression);

    protected override Expression VisitMethodCall(MethodCallExpression node)
    {
        if (node.Method.DeclaringType != typeof(SmallContent))
        {
            return base.VisitMethodCall(node);
        }

        var (blob, unless) = (Visit(node.Arguments[0]), Visit(node.Arguments[1]));
        return Expression.Call(
            new Func<uint?, short, long, byte[]?, byte[]?, byte[]?>(Call).Method,
            Column<uint?>(blob, "LargeObject"),
            Column<short>(blob, nameof(Blob.Store)),
            Column<long>(blob, nameof(Blob.Length)),
            Column<byte[]>(blob, nameof(Blob.Sha256)),
            unless);
    }

    private static MethodCallExpression Column<T>(Expression blob, string name) =>
        Expression.Call(typeof(EF), nameof(EF.Property), [typeof(T)], blob, Expression.Constant(name));

    private static byte[]? Call(uint? largeObject, short store, long length, byte[]? sha256, byte[]? unless) =>
        throw new NotSupportedException("Only a query can read bytes this way.");
}
