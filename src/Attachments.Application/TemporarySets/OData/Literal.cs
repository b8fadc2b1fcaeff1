namespace Attachments.Application.TemporarySets.OData;

/// <summary>A value that stands in the expression itself, or that follows from such values alone.</summary>
/// <param name="Kind">Of what type.</param>
/// <param name="Value">Null, bool, string, <see cref="ExactNumber"/>, <see cref="ExactTime"/> or Guid.</param>
internal readonly record struct Literal(ValueKind Kind, object? Value)
{
    public static readonly Literal Null = new(ValueKind.Null, null);

    public static Literal From(bool value) => new(ValueKind.Condition, value);

    /// <summary>Less than, equal to or greater than zero. Both are of one kind, and not null.</summary>
    public static int Compare(Literal left, Literal right) => left.Value is string text
        ? CompareCodePoints(text, (string)right.Value!)
        : ((IComparable)left.Value!).CompareTo(right.Value);

    // Compares like the database with the collation "C": by code point, so surrogates (code points above U+FFFF) come last.
    private static int CompareCodePoints(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            if (left[i] != right[i])
            {
                return char.IsSurrogate(left[i]) == char.IsSurrogate(right[i])
                    ? left[i].CompareTo(right[i])
                    : char.IsSurrogate(left[i]).CompareTo(char.IsSurrogate(right[i]));
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}
