using Attachments.Application.Webhooks;

namespace Attachments.UnitTests.Webhooks;

public sealed class RetryScheduleTests
{
    private const double Middle = 0.5;

    [Test]
    public void Waits_as_Standard_Webhooks_recommends_and_gives_up_after_ten_tries()
    {
        var waits = Enumerable.Range(1, 10).Select(attempts => RetrySchedule.GetWait(attempts, null, Middle)).ToList();
        waits.ShouldBe([
            TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
            TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24), null,
        ]);
    }

    [TestCase(0, 270)]
    [TestCase(Middle, 300)]
    [TestCase(1, 330)]
    public void Spreads_by_a_tenth(double random, double seconds) =>
        RetrySchedule.GetWait(2, null, random)!.Value.TotalSeconds.ShouldBe(seconds, 0.001);

    [TestCase(1, 5)]
    [TestCase(-60, 5)]
    [TestCase(60, 60)]
    [TestCase(86_400, 86_400)]
    [TestCase(31_536_000, 86_400)]
    public void Waits_longer_if_the_receiver_asks_for_it_but_no_more_than_a_day(double asked, double waited) =>
        RetrySchedule.GetWait(1, TimeSpan.FromSeconds(asked), Middle).ShouldBe(TimeSpan.FromSeconds(waited));

    [Test]
    public void Gives_up_whatever_the_receiver_asks_for() => RetrySchedule.GetWait(10, TimeSpan.FromSeconds(1), Middle).ShouldBeNull();
}
