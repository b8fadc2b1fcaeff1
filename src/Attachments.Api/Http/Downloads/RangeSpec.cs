using System.Globalization;

namespace Attachments.Api.Http.Downloads;

/// <summary>One range as it was sent (RFC 9110, section 14.1.2): <c>5-9</c>, <c>5-</c>, or, counted from the end, <c>-5</c>.</summary>
/// <param name="First">Null: counted from the end.</param>
/// <param name="Last">Null: up to the end. Where <paramref name="First"/> is null, how many bytes.</param>
internal sealed record RangeSpec(long? First, long? Last)
{
    /// <summary>Null: not valid for bytes, or its last byte comes before its first.</summary>
    public static RangeSpec? Parse(ReadOnlySpan<char> text)
    {
        var dash = text.IndexOf('-');
        if (dash < 0)
        {
            return null;
        }

        var first = text[..dash];
        var last = text[(dash + 1)..];
        var isValid = IsDigits(first) && IsDigits(last) && !(first.IsEmpty && last.IsEmpty) && !IsBackwards(first, last);
        return isValid ? new RangeSpec(Value(first), Value(last)) : null;
    }

    /// <summary>Resolves the range for a file of <paramref name="length"/> bytes.</summary>
    public ByteRange Resolve(long length)
    {
        var first = First ?? Math.Max(0, length - Last!.Value);
        if (first >= length)
        {
            return new ByteRange.Unsatisfiable();
        }

        return new ByteRange.Part(first, First is null ? length - 1 : Math.Min(Last ?? long.MaxValue, length - 1));
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    // Compared as written: both numbers may be past 64 bits.
    private static bool IsBackwards(ReadOnlySpan<char> first, ReadOnlySpan<char> last)
    {
        if (first.IsEmpty || last.IsEmpty)
        {
            return false;
        }

        var from = first.TrimStart('0');
        var to = last.TrimStart('0');
        return from.Length == to.Length ? from.SequenceCompareTo(to) > 0 : from.Length > to.Length;
    }

    // No file is longer than 64 bits count, so a larger number and the largest one mean the same.
    private static long? Value(ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty)
        {
            return null;
        }

        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : long.MaxValue;
    }
}
