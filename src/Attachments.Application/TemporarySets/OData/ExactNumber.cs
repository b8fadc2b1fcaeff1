using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>
/// A number as it is written, neither rounded nor bounded by a machine type. The suffixes of version 3 (<c>L</c>, <c>M</c>, <c>D</c>,
/// <c>F</c>) are taken and change nothing: numbers are compared by value.
/// </summary>
internal sealed partial class ExactNumber : IComparable
{
    private readonly BigInteger numerator;
    private readonly BigInteger denominator;

    private ExactNumber(BigInteger numerator, BigInteger denominator)
    {
        this.numerator = numerator;
        this.denominator = denominator;
        Floor = BigInteger.Divide(numerator - (numerator.Sign < 0 ? denominator - 1 : 0), denominator);
    }

    /// <summary>The greatest whole number that is not greater.</summary>
    public BigInteger Floor { get; }

    public bool IsWhole => Floor * denominator == numerator;

    public static ExactNumber From(int number) => new(number, 1);

    /// <summary>The number; null where the text is none. An exponent has at most three digits.</summary>
    public static ExactNumber? Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var fraction = match.Groups["fraction"].Value;
        var digits = BigInteger.Parse(match.Groups["whole"].Value + fraction, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var exponent = match.Groups["exponent"] is { Success: true } written ? int.Parse(written.Value, CultureInfo.InvariantCulture) : 0;
        var scale = exponent - fraction.Length;
        return scale >= 0
            ? new ExactNumber(digits * BigInteger.Pow(10, scale), 1)
            : new ExactNumber(digits, BigInteger.Pow(10, -scale));
    }

    public int CompareTo(object? obj) => obj is ExactNumber other
        ? (numerator * other.denominator).CompareTo(other.numerator * denominator)
        : throw new ArgumentException("Not a number.", nameof(obj));

    [GeneratedRegex(
        @"^(?<whole>[+-]?[0-9]+)(?:[lL]|(?:\.(?<fraction>[0-9]+))?(?:[eE](?<exponent>[+-]?[0-9]{1,3}))?[mMdDfF]?)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
