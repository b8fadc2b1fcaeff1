using System.Globalization;
using Attachments.Api.Http.Conditional;
using Attachments.Testing.Http;
using FsCheck;
using FsCheck.Fluent;

namespace Attachments.UnitTests.Http.Conditional;

internal sealed class HttpDateTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Example = new(1994, 11, 6, 8, 49, 37, TimeSpan.Zero);

    [TestCase("Sun, 06 Nov 1994 08:49:37 GMT")]
    [TestCase("Sunday, 06-Nov-94 08:49:37 GMT")]
    [TestCase("Sun Nov  6 08:49:37 1994")]
    [TestCase("Sun Nov 06 08:49:37 1994")]
    public void Reads_all_three_formats(string value) => HttpDate.Parse(value, Now).ShouldBe(Example);

    [Test]
    public void Writes_the_preferred_format() =>
        HttpDate.Format(Example.ToOffset(TimeSpan.FromHours(5))).ShouldBe("Sun, 06 Nov 1994 08:49:37 GMT");

    [TestCase("Saturday, 01-Aug-76 12:00:00 GMT", 2076)]
    [TestCase("Saturday, 01-Aug-76 12:00:01 GMT", 1976)]
    [TestCase("Saturday, 02-Aug-76 00:00:00 GMT", 1976)]
    [TestCase("Thursday, 01-Jan-70 00:00:00 GMT", 2070)]
    [TestCase("Friday, 01-Jan-77 00:00:00 GMT", 1977)]
    [TestCase("Tuesday, 29-Feb-00 00:00:00 GMT", 2000)]
    [TestCase("Saturday, 01-Aug-26 12:00:00 GMT", 2026)]
    public void Takes_a_two_digit_year_for_at_most_50_years_ahead(string value, int year) =>
        HttpDate.Parse(value, Now)!.Value.Year.ShouldBe(year);

    [Test]
    public void Takes_a_two_digit_year_for_the_next_century_where_that_is_near() =>
        HttpDate.Parse("Friday, 06-Nov-05 00:00:00 GMT", Now.AddYears(68))!.Value.Year.ShouldBe(2105);

    [Test]
    public void Does_not_mind_a_day_name_of_another_date() => HttpDate.Parse("Mon, 06 Nov 1994 08:49:37 GMT", Now).ShouldBe(Example);

    [Test]
    public void Takes_a_leap_second_for_the_next_one()
    {
        HttpDate.Parse("Sat, 31 Dec 2016 23:59:60 GMT", Now).ShouldBe(new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero));
        HttpDate.Parse("Fri, 31 Dec 9999 23:59:60 GMT", Now).ShouldBe(DateTimeOffset.MaxValue);
    }

    [TestCase("")]
    [TestCase("yesterday")]
    [TestCase("0")]
    [TestCase("1994-11-06T08:49:37Z")]
    [TestCase("Sun, 06 Nov 1994 08:49:37")]
    [TestCase("Sun, 06 Nov 1994 08:49:37 UTC")]
    [TestCase("Sun, 06 Nov 1994 08:49:37 +0000")]
    [TestCase("Sun, 06 Nov 1994 08:49:37 gmt")]
    [TestCase("sun, 06 Nov 1994 08:49:37 GMT")]
    [TestCase("Sun, 06 NOV 1994 08:49:37 GMT")]
    [TestCase("Sun, 6 Nov 1994 08:49:37 GMT")]
    [TestCase("Sun,  6 Nov 1994 08:49:37 GMT")]
    [TestCase("Sun,06 Nov 1994 08:49:37 GMT")]
    [TestCase("Sun, 06 Nov 94 08:49:37 GMT")]
    [TestCase("Sun, 06 Nov 1994 8:49:37 GMT")]
    [TestCase("Sun, 06 Nov 1994 08:49 GMT")]
    [TestCase("Sun, 06 Nov 1994 08:49:37 GMT\n")]
    [TestCase("Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT")]
    [TestCase("Sun, 00 Nov 1994 08:49:37 GMT")]
    [TestCase("Sun, 31 Nov 1994 08:49:37 GMT")]
    [TestCase("Sun, 29 Feb 1994 08:49:37 GMT")]
    [TestCase("Sun, 06 Nov 1994 24:00:00 GMT")]
    [TestCase("Sun, 06 Nov 1994 08:60:00 GMT")]
    [TestCase("Sun, 06 Nov 1994 08:49:60 GMT")]
    [TestCase("Sun, 06 Nov 0000 08:49:37 GMT")]
    [TestCase("Sun, 06 Nov \u0661994 08:49:37 GMT")]
    [TestCase("Sunday, 06-Nov-1994 08:49:37 GMT")]
    [TestCase("Sun, 06-Nov-94 08:49:37 GMT")]
    [TestCase("Sun Nov 6 08:49:37 1994")]
    [TestCase("Sun Nov  6 08:49:37 1994 GMT")]
    public void Reads_no_date_from_anything_else(string value) => HttpDate.Parse(value, Now).ShouldBeNull();

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public Property Reads_what_it_writes() => Prop.ForAll(
        Dates().ToArbitrary(), date => HttpDate.Parse(HttpDate.Format(date), Now).ShouldBe(date));

    [FsCheck.NUnit.Property(MaxTest = 5000)]
    public Property Agrees_with_the_formats() => Prop.ForAll(
        Values().ToArbitrary(), value => HttpDate.Parse(value, Now).ShouldBe(Model(value), value));

    private static Gen<DateTimeOffset> Dates() =>
        from day in Gen.Choose(0, (int)(DateTimeOffset.MaxValue - DateTimeOffset.MinValue).TotalDays)
        from second in Gen.Choose(0, 86399)
        select DateTimeOffset.MinValue.AddDays(day).AddSeconds(second);

    private static Gen<string> Values()
    {
        string[] alphabet = ["0", "1", "3", "6", "9", " ", "-", ":", ",", "GMT", "Nov", "Feb", "Sun", "Sunday", "n", "\u0661", "\n"];
        return from date in Dates()
               from format in Gen.Elements("R", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM dd HH:mm:ss yyyy", "ddd MMM  d HH:mm:ss yyyy")
               from value in MutatedText.Mutate([date.ToString(format, CultureInfo.InvariantCulture)], alphabet)
               select value;
    }

    // Independent of the parser under test: the framework's, kept strict by writing back what it read.
    private static DateTimeOffset? Model(string value)
    {
        string[] shortNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        string[] longNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        return shortNames
            .SelectMany(name => new[]
            {
                Read(value, $"{name}, ", "dd MMM yyyy HH:mm:ss 'GMT'"),
                Read(value, $"{name} ", "MMM dd HH:mm:ss yyyy"),
                Read(value, $"{name} ", "MMM  d HH:mm:ss yyyy") is { Day: < 10 } date ? date : null,
            })
            .Concat(longNames.Select(name => InCentury(20, value, name) is { } date && date <= Now.AddYears(50)
                ? date
                : InCentury(19, value, name)))
            .FirstOrDefault(date => date is not null);
    }

    private static DateTimeOffset? InCentury(int century, string value, string day)
    {
        var dash = value.LastIndexOf('-');
        return dash >= 0 && dash == value.Length - "-94 08:49:37 GMT".Length
            ? Read(value.Insert(dash + 1, century.ToString(CultureInfo.InvariantCulture)), $"{day}, ", "dd-MMM-yyyy HH:mm:ss 'GMT'")
            : null;
    }

    private static DateTimeOffset? Read(string value, string day, string format)
    {
        if (!value.StartsWith(day, StringComparison.Ordinal))
        {
            return null;
        }

        var leap = value.Contains("23:59:60", StringComparison.Ordinal);
        var text = value[day.Length..].Replace("23:59:60", "23:59:59", StringComparison.Ordinal);
        var read = DateTimeOffset.TryParseExact(
            text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date);
        if (!read || date.ToString(format, CultureInfo.InvariantCulture) != text)
        {
            return null;
        }

        return leap ? date.AddSeconds(1) : date;
    }
}
