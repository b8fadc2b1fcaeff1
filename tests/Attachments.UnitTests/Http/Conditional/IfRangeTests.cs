using Attachments.Api.Http.Conditional;
using Attachments.Application.Conditional;
using Microsoft.Extensions.Primitives;

namespace Attachments.UnitTests.Http.Conditional;

internal sealed class IfRangeTests
{
    private static readonly DateTimeOffset Now = new(2026, 8, 2, 0, 0, 0, TimeSpan.Zero);

    private static readonly CurrentRepresentation Current =
        new(new EntityTag("now"), new DateTimeOffset(2026, 8, 1, 12, 0, 0, 987, TimeSpan.Zero));

    [Test]
    public void Holds_when_it_was_not_sent() => IfRange.Holds(StringValues.Empty, Current, Now).ShouldBeTrue();

    [TestCase("\"now\"")]
    [TestCase("Sat, 01 Aug 2026 12:00:00 GMT")]
    [TestCase("Saturday, 01-Aug-26 12:00:00 GMT")]
    [TestCase("Sat Aug  1 12:00:00 2026")]
    public void Holds_for_the_strong_tag_and_for_the_very_date(string value) => IfRange.Holds(value, Current, Now).ShouldBeTrue();

    [TestCase("W/\"now\"")]
    [TestCase("\"old\"")]
    [TestCase("\"NOW\"")]
    [TestCase("\"now\", \"now\"")]
    [TestCase("*")]
    [TestCase("now")]
    [TestCase("")]
    [TestCase("Sat, 01 Aug 2026 11:59:59 GMT")]
    [TestCase("Sat, 01 Aug 2026 12:00:01 GMT")]
    [TestCase("Fri, 01 Jan 2038 00:00:00 GMT")]
    [TestCase("Sat, 01 Aug 2026")]
    public void Fails_for_anything_else(string value) => IfRange.Holds(value, Current, Now).ShouldBeFalse();

    [Test]
    public void Fails_when_it_was_sent_twice() => IfRange.Holds(new StringValues(["\"now\"", "\"now\""]), Current, Now).ShouldBeFalse();

    [TestCase(0, false)]
    [TestCase(0.999, false)]
    [TestCase(1, true)]
    public void Fails_for_the_date_of_a_second_that_is_not_over(double elapsed, bool holds) =>
        IfRange.Holds("Sat, 01 Aug 2026 12:00:00 GMT", Current, Current.LastModified!.Value.AddSeconds(elapsed)).ShouldBe(holds);
}
