using Attachments.Application.Content.Uploads;

namespace Attachments.UnitTests.Content;

public sealed class MemoryBudgetTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private MemoryBudget budget = null!;

    [SetUp]
    public void Fill() => budget = new MemoryBudget(100);

    [Test]
    public void Gives_at_once_what_it_has()
    {
        Take(60).IsCompletedSuccessfully.ShouldBeTrue();
        Take(40).IsCompletedSuccessfully.ShouldBeTrue();
        budget.TryTake(1).ShouldBeFalse();
        budget.Return(40);
        budget.TryTake(40).ShouldBeTrue();
    }

    [Test]
    public async Task Serves_in_the_order_of_arrival_though_a_later_one_wants_less()
    {
        await Take(100);
        var large = Take(90);
        var small = Take(5);
        budget.Return(50);
        small.IsCompleted.ShouldBeFalse();
        budget.TryTake(1).ShouldBeFalse();
        budget.Return(50);
        (await large).ShouldBeTrue();
        (await small).ShouldBeTrue();
        budget.Free.ShouldBe(5);
    }

    [Test]
    public async Task One_who_has_waited_too_long_leaves_the_way_to_those_behind()
    {
        await Take(95);
        var large = budget.Take(90, TimeSpan.FromMilliseconds(50), CancellationToken.None).AsTask();
        var small = Take(5);
        (await large).ShouldBeFalse();
        (await small).ShouldBeTrue();
        budget.Waiting.ShouldBe(0);
    }

    [Test]
    public async Task One_who_is_cancelled_has_nothing()
    {
        await Take(100);
        using var leaving = new CancellationTokenSource();
        var cancelled = budget.Take(10, Long, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        budget.Return(100);
        budget.Free.ShouldBe(100);
    }

    [Test]
    public async Task Loses_nothing_and_forgets_nobody_however_many_come_and_go()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 20_000), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, token) =>
        {
            var bytes = 1 + (i % 60);
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(token);
            if (i % 7 == 0)
            {
                leaving.CancelAfter(TimeSpan.FromMilliseconds(i % 3));
            }

            try
            {
                if (await budget.Take(bytes, Long, leaving.Token))
                {
                    budget.Free.ShouldBeGreaterThanOrEqualTo(0);
                    await Task.Yield();
                    budget.Return(bytes);
                }
            }
            catch (OperationCanceledException)
            {
                // It left.
            }
        });
        budget.Free.ShouldBe(100);
        budget.Waiting.ShouldBe(0);
    }

    private Task<bool> Take(long bytes) => budget.Take(bytes, Long, CancellationToken.None).AsTask();
}
