using Attachments.Domain.Records;

namespace Attachments.UnitTests.Records;

public sealed class RecordSequenceTests
{
    [Test]
    public void Goes_on_from_the_last_number()
    {
        var sequence = RecordSequence.Create("Contract");
        sequence.Upcoming(3).ShouldBe(["1", "2", "3"]);
        sequence.Advance(1).ShouldBe("1");
        sequence.Advance(2).ShouldBe("3");
        sequence.Upcoming(1).ShouldBe(["4"]);
    }

    [TestCase("4", true)]
    [TestCase("9223372036854775807", true)]
    [TestCase("3", false)]
    [TestCase("04", false)]
    [TestCase("+4", false)]
    [TestCase(" 4", false)]
    [TestCase("٤", false)]
    [TestCase("9223372036854775808", false)]
    [TestCase("x", false)]
    public void Knows_a_number_that_it_has_yet_to_come_to(string recordId, bool expected) =>
        RecordSequence.IsAfter(3, recordId).ShouldBe(expected);
}
