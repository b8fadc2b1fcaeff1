using System.Globalization;
using System.Text.RegularExpressions;

namespace Attachments.Application.TemporarySets.OData;

/// <summary>
/// A moment as it is written, to however small a fraction of a second. The database counts microseconds, so a moment between two of
/// them equals none that is stored, and must not be rounded to one.
/// </summary>
internal sealed partial class ExactTime : IComparable
{
    private const int MicrosecondDigits = 6;

    private readonly string finer;

    private ExactTime(DateTimeOffset floor, string finer)
    {
        Floor = floor;
        this.finer = finer;
    }

    /// <summary>The last whole microsecond that is not later, in UTC.</summary>
    public DateTimeOffset Floor { get; }

    public bool IsWhole => finer.Length == 0;

    /// <summary>
    /// The moment; null where the text is none. <c>2015-12-16T07:40:18.5Z</c>; without a zone it is UTC, without a time the day's
    /// beginning. It lies in the years 1 to 9999 of UTC.
    /// </summary>
    public static ExactTime? Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } match
            || !DateTime.TryParseExact(
                match.Groups["minute"].Success ? match.Groups["minute"].Value.ToUpperInvariant() : match.Groups["day"].Value + "T00:00",
                "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var minute)
            || Part(match, "second") >= 60 || Part(match, "offsetHour") >= 24 || Part(match, "offsetMinute") >= 60)
        {
            return null;
        }

        var fraction = match.Groups["fraction"].Value.TrimEnd('0');
        var microseconds = fraction.PadRight(MicrosecondDigits, '0')[..MicrosecondDigits];
        var offset = new TimeSpan(Part(match, "offsetHour"), Part(match, "offsetMinute"), 0) * (match.Groups["sign"].Value == "-" ? -1 : 1);
        var ticks = minute.Ticks + (Part(match, "second") * TimeSpan.TicksPerSecond) - offset.Ticks
            + (int.Parse(microseconds, CultureInfo.InvariantCulture) * TimeSpan.TicksPerMicrosecond);
        var finer = fraction.Length > MicrosecondDigits ? fraction[MicrosecondDigits..] : "";
        return ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks
            ? new ExactTime(new DateTimeOffset(ticks, TimeSpan.Zero), finer)
            : null;
    }

    public int CompareTo(object? obj)
    {
        var other = obj as ExactTime ?? throw new ArgumentException("Not a date-time.", nameof(obj));
        return Floor != other.Floor ? Floor.CompareTo(other.Floor) : string.CompareOrdinal(finer, other.finer);
    }

    private static int Part(Match match, string name) =>
        match.Groups[name] is { Success: true } part ? int.Parse(part.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        "^(?<minute>(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[tT][0-9]{2}:[0-9]{2})"
        + "(?::(?<second>[0-9]{2})(?:\\.(?<fraction>[0-9]+))?)?"
        + "(?:[zZ]|(?<sign>[+-])(?<offsetHour>[0-9]{2}):(?<offsetMinute>[0-9]{2}))?\\z"
        + "|^(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})\\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
