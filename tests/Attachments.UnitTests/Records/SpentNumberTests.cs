using System.Globalization;
using Attachments.Domain.Records;

namespace Attachments.UnitTests.Records;

public sealed class SpentNumberTests
{
    [Test]
    public void Those_are_joined_that_have_the_fewest_numbers_between_them()
    {
        var spent = Spent(1000, 5, 7, 1, 1_000_000);
        var swallowed = SpentNumber.Join(spent, 3);
        Kept(spent, swallowed).ShouldBe(["1-7", "1000-1000", "1000000-1000000"]);
    }

    [Test]
    public void Runs_are_joined_again()
    {
        var spent = Spent(10, 20, 100, 110);
        var kept = spent.Except(SpentNumber.Join(spent, 2)).ToList();
        List<SpentNumber> more = [.. kept, .. Spent(15, 30)];
        var swallowed = SpentNumber.Join(more, 2);
        Kept(more, swallowed).ShouldBe(["10-30", "100-110"]);
    }

    [Test]
    public void A_number_within_a_run_leaves_the_run_as_long_as_it_was()
    {
        var run = Spent(10, 100);
        var kept = run.Except(SpentNumber.Join(run, 1)).ToList();
        List<SpentNumber> more = [.. kept, .. Spent(50, 1000)];
        var swallowed = SpentNumber.Join(more, 2);
        Kept(more, swallowed).ShouldBe(["10-100", "1000-1000"]);
    }

    /// <summary>Every number that was given stays spent, and there is always one that was not, before the largest too.</summary>
    [Test]
    public void Nothing_spent_is_forgotten_and_something_stays_free()
    {
        var random = new Random(1);
        var given = new HashSet<long> { 1, long.MaxValue };
        while (given.Count < 400)
        {
            given.Add(random.NextInt64(1, random.Next(2) == 0 ? long.MaxValue : 10_000));
        }

        var spent = new List<SpentNumber>();
        foreach (var number in given)
        {
            spent.AddRange(Spent(number));
            if (spent.Count > SpentNumber.MaxKept)
            {
                foreach (var swallowed in SpentNumber.Join(spent, SpentNumber.MaxKept / 2))
                {
                    spent.Remove(swallowed);
                }
            }
        }

        spent.Count.ShouldBeLessThanOrEqualTo(SpentNumber.MaxKept);
        given.ShouldAllBe(number => spent.Exists(run => run.Covers(number)));
        var covered = spent.Aggregate(Int128.Zero, (sum, run) => sum + run.Last - run.First + 1);
        covered.ShouldBeLessThan((Int128)long.MaxValue * 9 / 10);
    }

    private static List<SpentNumber> Spent(params long[] numbers) =>
        [.. numbers.Select(number => new SpentNumber("Contract", number.ToString(CultureInfo.InvariantCulture)))];

    private static IEnumerable<string> Kept(IEnumerable<SpentNumber> spent, IEnumerable<SpentNumber> swallowed) =>
        spent.Except(swallowed).OrderBy(run => run.First).Select(run => $"{run.First}-{run.Last}");
}
