using System.Data;
using System.Linq.Expressions;
using Attachments.Application.TemporarySets.OData;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace Attachments.Infrastructure.Persistence;

/// <summary>The functions of <see cref="ODataFunctions"/>, in SQL.</summary>
internal static class ODataTranslation
{
    // By code point.
    private const string ByCodePoint = "C";

    // ICU's root locale. The database's own collation may map only ASCII, like C.
    private const string Unicode = "und-x-icu";

    // White_Space of Unicode's PropList. By default btrim removes only the space.
    private const string WhiteSpace =
        "\t\n\v\f\r \u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000";

    private static readonly StringTypeMapping Text = new("text", DbType.String);
    private static readonly IntTypeMapping Integer = new("integer", DbType.Int32);
    private static readonly DoubleTypeMapping Double = new("double precision", DbType.Double);
    private static readonly DateTimeTypeMapping LocalTime = new("timestamp without time zone", DbType.DateTime2);
    private static readonly BoolTypeMapping Boolean = new("boolean", DbType.Boolean);

    /// <summary>Lets queries of this model use <see cref="ODataFunctions"/>.</summary>
    public static ModelBuilder HasODataFunctions(this ModelBuilder builder)
    {
        Map(builder, () => ODataFunctions.Contains("", ""), arguments => new SqlBinaryExpression(
            ExpressionType.GreaterThan, Call("strpos", Integer, arguments), new SqlConstantExpression(0, Integer), typeof(bool), Boolean));
        Map(builder, () => ODataFunctions.StartsWith("", ""), arguments => Call("starts_with", Boolean, arguments));
        Map(builder, () => ODataFunctions.EndsWith("", ""), arguments => new SqlBinaryExpression(
            ExpressionType.Equal,
            Call("right", Text, [arguments[0], Call("length", Integer, [arguments[1]])]),
            arguments[1],
            typeof(bool),
            Boolean));
        Map(builder, () => ODataFunctions.Length(""), arguments => Call("length", Integer, arguments));
        Map(builder, () => ODataFunctions.ToLower(""), arguments => Cased("lower", arguments[0]));
        Map(builder, () => ODataFunctions.ToUpper(""), arguments => Cased("upper", arguments[0]));
        Map(builder, () => ODataFunctions.Trim(""), arguments => new CollateExpression(
            Call("btrim", Text, [arguments[0], new SqlConstantExpression(WhiteSpace, Text)]), ByCodePoint));
        Map(builder, () => ODataFunctions.Second(default), arguments => new SqlUnaryExpression(
            ExpressionType.Convert, Call("floor", Double, [SecondsInUtc(arguments[0])]), typeof(int), Integer));
        return builder;
    }

    private static void Map<TResult>(
        ModelBuilder builder, Expression<Func<TResult>> method, Func<IReadOnlyList<SqlExpression>, SqlExpression> translation) =>
        builder.HasDbFunction(method).HasTranslation(translation);

    private static CollateExpression Cased(string function, SqlExpression text) =>
        new(Call(function, Text, [new CollateExpression(text, Unicode)]), ByCodePoint);

    private static SqlFunctionExpression SecondsInUtc(SqlExpression time) => Call(
        "date_part",
        Double,
        [
            new SqlConstantExpression("second", Text),
            new AtTimeZoneExpression(time, new SqlConstantExpression("UTC", Text), typeof(DateTime), LocalTime),
        ]);

    // No argument is null, so the result is not null either.
    private static SqlFunctionExpression Call(string function, RelationalTypeMapping result, IReadOnlyList<SqlExpression> arguments) =>
        new(function, arguments, nullable: false, arguments.Select(_ => false), result.ClrType, result);
}
