using System.Numerics;

namespace Attachments.Testing.Http;

/// <summary>
/// What a Range field makes of a file, read off RFC 9110, sections 5.6.1.2 and 14, in the plainest way: a reference to compare the
/// service with. Of the two answers that the RFC allows to several ranges it knows the file in full.
/// </summary>
public static class RangeModel
{
    /// <returns>200 and the whole file, 206 and the inclusive offsets of a part, or 416.</returns>
    public static (int Status, long First, long Last) Of(string field, long length)
    {
        var whole = (200, 0L, length - 1);
        var value = field.Trim(' ', '\t');
        var equals = value.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0 || !value[..equals].Equals("bytes", StringComparison.OrdinalIgnoreCase))
        {
            return whole;
        }

        // range-set = 1#range-spec, of which a recipient takes #: [ element ] *( OWS "," OWS [ element ] ).
        var elements = value[(equals + 1)..].Split(',');
        var ranges = elements
            .Select((element, index) => (index > 0 ? element.TrimStart(' ', '\t') : element).TrimEnd(' ', '\t'))
            .Where((element, index) => element.Length > 0)
            .ToList();
        if (ranges.Count != 1 || IntOrSuffix(ranges[0]) is not var (first, last))
        {
            return whole;
        }

        if (first is null)
        {
            // A suffix longer than the file means all of it; one of no bytes holds none.
            return last == 0 || length == 0 ? (416, 0, 0) : (206, (long)BigInteger.Max(0, length - last!.Value), length - 1);
        }

        if (last < first)
        {
            return whole;
        }

        return first >= length ? (416, 0, 0) : (206, (long)first, (long)BigInteger.Min(last ?? length, length - 1));
    }

    // int-range = first-pos "-" [ last-pos ]; suffix-range = "-" suffix-length. Of a suffix, the first is null.
    private static (BigInteger? First, BigInteger? Last)? IntOrSuffix(string spec)
    {
        if (spec.Split('-') is not [var left, var right] || !IsNumber(left) || !IsNumber(right) || (left + right).Length == 0)
        {
            return null;
        }

        return (left.Length == 0 ? null : BigInteger.Parse(left, null), right.Length == 0 ? null : BigInteger.Parse(right, null));
    }

    private static bool IsNumber(string text) => text.All(character => character is >= '0' and <= '9');
}
