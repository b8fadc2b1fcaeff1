using System.Globalization;
using System.Text.RegularExpressions;

namespace Attachments.Api.Http.Conditional;

/// <summary>The dates of HTTP (RFC 9110, section 5.6.7).</summary>
internal static partial class HttpDate
{
    private const string Month = "(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
    private const string Time = "(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})";
    private const string ShortDay = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
    private const string LongDay = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
    private const string MonthNames = "JanFebMarAprMayJunJulAugSepOctNovDec";

    /// <summary>Formats a date as an IMF-fixdate, the only format that a sender may use.</summary>
    public static string Format(DateTimeOffset date) => date.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads any of the three formats. The name of the day must be one, but need not be that of the date: the date is clear without it.
    /// </summary>
    /// <param name="value">Case-sensitive, and with no white space around it.</param>
    /// <param name="now">Decides the century where only two digits of the year are given.</param>
    /// <returns>Null: it is no date.</returns>
    public static DateTimeOffset? Parse(string value, DateTimeOffset now)
    {
        var match = Formats().Match(value);
        return match.Success ? Date(match, now) : null;
    }

    [GeneratedRegex(
        $@"\A(?:{ShortDay}, (?<day>[0-9]{{2}}) {Month} (?<year>[0-9]{{4}}) {Time} GMT"
        + $"|{LongDay}, (?<day>[0-9]{{2}})-{Month}-(?<year>[0-9]{{2}}) {Time} GMT"
        + $@"|{ShortDay} {Month} (?<day>[0-9]{{2}}| [0-9]) {Time} (?<year>[0-9]{{4}}))\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Formats();

    private static DateTimeOffset? Date(Match match, DateTimeOffset now)
    {
        var month = (MonthNames.IndexOf(match.Groups["month"].Value, StringComparison.Ordinal) / 3) + 1;
        var day = Number(match, "day");
        var time = TimeOfDay(match);
        if (time is null)
        {
            return null;
        }

        var year = match.Groups["year"].Length == 2
            ? FullYear(Number(match, "year"), (month, day, time.Value), now)
            : Number(match, "year");
        var exists = year >= 1 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        return exists ? At(new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero), time.Value) : null;
    }

    private static TimeSpan? TimeOfDay(Match match)
    {
        var (hour, minute, second) = (Number(match, "hour"), Number(match, "minute"), Number(match, "second"));
        var isLeapSecond = (hour, minute, second) == (23, 59, 60);
        return (hour < 24 && minute < 60 && second < 60) || isLeapSecond ? new TimeSpan(hour, minute, second) : null;
    }

    /// <summary>A date that would be more than 50 years ahead is the latest one before that with the same two digits.</summary>
    private static int FullYear(int lastTwoDigits, (int Month, int Day, TimeSpan Time) within, DateTimeOffset now)
    {
        var limit = now.UtcDateTime.AddYears(50);
        var year = limit.Year - (limit.Year % 100) + lastTwoDigits;
        var isPastLimit = (year, within).CompareTo((limit.Year, (limit.Month, limit.Day, limit.TimeOfDay))) > 0;
        return isPastLimit ? year - 100 : year;
    }

    // A leap second counts as the first second of the next day. The last day of the calendar has no next day.
    private static DateTimeOffset At(DateTimeOffset date, TimeSpan time) =>
        time < DateTimeOffset.MaxValue - date ? date + time : DateTimeOffset.MaxValue;

    private static int Number(Match match, string group) =>
        int.Parse(match.Groups[group].ValueSpan, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
}
