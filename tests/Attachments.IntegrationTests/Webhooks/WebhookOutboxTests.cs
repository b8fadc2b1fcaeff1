using System.Collections.Concurrent;
using Attachments.Application.Webhooks;
using Attachments.Domain.Changes;
using Attachments.Domain.Webhooks;
using Attachments.Infrastructure.Sweeping;
using Attachments.Infrastructure.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Webhooks;

/// <summary>Which delivery is tried when, whoever tries it.</summary>
public sealed class WebhookOutboxTests
{
    private DeliveryBench bench = null!;

    [SetUp]
    public async Task Start() => bench = await DeliveryBench.Start();

    [TearDown]
    public ValueTask Stop() => bench.DisposeAsync();

    [Test]
    public async Task Delivers_what_a_webhook_asks_for_from_its_beginning_on()
    {
        await bench.HaveChanges("before");
        var all = await bench.HaveWebhook();
        var ofType = await bench.HaveWebhook(ChangeTypes.SessionDeleted, ChangeTypes.RecordCreated);
        var ofProject = await bench.HaveWebhook(webhook => webhook.Select([], 8, null));
        var ofForm = await bench.HaveWebhook(webhook => webhook.Select([], null, "Form"));
        await bench.HaveChanges(
            Change.OfSession(ChangeTypes.SessionDeleted, 1, 7, "one", null),
            Change.OfSession(ChangeTypes.SessionUpdated, 1, 8, "two", null),
            Change.OfRecord(ChangeTypes.RecordCreated, 1, "Form", "three", null, null),
            Change.OfRecord(ChangeTypes.RecordUpdated, 1, "Other", "four", null, null));
        (await bench.TakeNames(all)).ShouldBe(["four", "one", "three", "two"]);
        (await bench.TakeNames(ofType)).ShouldBe(["one", "three"]);
        (await bench.TakeNames(ofProject)).ShouldBe(["two"]);
        (await bench.TakeNames(ofForm)).ShouldBe(["three"]);
        (await bench.Get(ofForm)).Position.ShouldBe(5);
    }

    [Test]
    public async Task Lets_later_changes_of_an_object_wait_for_earlier_ones_and_no_others()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a", "a", "b");
        var first = await bench.Take(webhook);
        first.Select(DeliveryBench.NameOf).Order().ShouldBe(["a", "b"]);
        (await bench.Take(webhook)).ShouldBeEmpty();
        var a = first.Single(it => DeliveryBench.NameOf(it) == "a");
        await bench.Record(a, DeliveryBench.Failed);
        (await bench.Take(webhook)).ShouldBeEmpty();
        bench.Time.Advance(TimeSpan.FromSeconds(6));
        var again = (await bench.Take(webhook)).ShouldHaveSingleItem();
        again.ChangeId.ShouldBe(a.ChangeId);
        await bench.Record(again, DeliveryBench.Delivered);
        var second = (await bench.Take(webhook)).ShouldHaveSingleItem();
        (DeliveryBench.NameOf(second), second.ChangeId == a.ChangeId).ShouldBe(("a", false));
    }

    [Test]
    public async Task Gives_up_after_ten_tries_and_goes_on_with_the_object()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a", "a");
        var id = Guid.Empty;
        for (var i = 0; i < 10; i++)
        {
            var delivery = (await bench.Take(webhook)).ShouldHaveSingleItem();
            id = i == 0 ? delivery.ChangeId : id;
            delivery.ChangeId.ShouldBe(id);
            await bench.Record(delivery, DeliveryBench.Failed);
            (await bench.Take(webhook)).Count.ShouldBe(i == 9 ? 1 : 0);
            bench.Time.Advance(Max(TimeSpan.Zero, (await bench.GetDeliveries(webhook))[0].NextAt - bench.Time.GetUtcNow()));
        }

        var deliveries = await bench.GetDeliveries(webhook);
        deliveries.Select(it => it.State).ShouldBe([DeliveryState.Dead, DeliveryState.Pending]);
        deliveries[0].ShouldSatisfyAllConditions(
            dead => dead.Attempts.ShouldBe(10),
            dead => dead.Status.ShouldBe(500),
            dead => dead.Error.ShouldBe("answered_with_failure"),
            dead => dead.NextAt.ShouldBeNull());
        (await bench.Outbox.Measure(CancellationToken.None)).ShouldHaveSingleItem().Dead.ShouldBe(1);
    }

    [Test]
    public async Task Tries_again_with_the_same_id_if_a_replica_dies_before_it_has_recorded_the_outcome()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a");
        var lost = (await bench.Take(webhook)).ShouldHaveSingleItem();
        bench.Time.Advance(TimeSpan.FromSeconds(59));
        (await bench.Take(webhook)).ShouldBeEmpty();
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        var again = (await bench.Take(webhook)).ShouldHaveSingleItem();
        again.ChangeId.ShouldBe(lost.ChangeId);

        // It was not dead after all.
        await bench.Record(lost, DeliveryBench.Failed);
        (await bench.GetDeliveries(webhook))[0].ShouldSatisfyAllConditions(
            delivery => delivery.Attempts.ShouldBe(0), delivery => delivery.LeaseId.ShouldBe(again.LeaseId));
        (await bench.Get(webhook)).FailingSince.ShouldBeNull("It had no lease any more.");
        await bench.Record(again, DeliveryBench.Delivered);
        (await bench.GetDeliveries(webhook))[0].State.ShouldBe(DeliveryState.Delivered);
    }

    [Test]
    public async Task Gives_back_what_the_end_of_the_service_broke_off()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a");
        await bench.Outbox.Release((await bench.Take(webhook)).ShouldHaveSingleItem(), CancellationToken.None);
        (await bench.Take(webhook)).ShouldHaveSingleItem().Attempts.ShouldBe(0);
    }

    [Test]
    public async Task Tries_at_most_eight_of_a_webhook_at_a_time_whoever_takes_them()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges([.. Enumerable.Range(0, 30).Select(i => $"{i}")]);
        await using var replica = bench.StartReplica();
        var taken = (await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? bench : replica).Take(webhook))))
            .SelectMany(it => it).ToList();
        taken.AddRange(await bench.Take(webhook));
        taken.Count.ShouldBe(WebhookOutbox.MaxTries);
        taken.Select(it => it.ChangeId).ShouldBeUnique();
        await bench.Record(taken[0], DeliveryBench.Delivered);
        (await replica.Take(webhook)).Count.ShouldBe(1);
    }

    [Test]
    public async Task Tries_at_most_two_at_a_time_of_a_webhook_that_fails()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("first");
        await bench.Record((await bench.Take(webhook)).ShouldHaveSingleItem(), DeliveryBench.Failed);
        await bench.HaveChanges([.. Enumerable.Range(0, 30).Select(i => $"{i}")]);
        var taken = await bench.Take(webhook);
        taken.Count.ShouldBe(WebhookOutbox.MaxTriesWhileFailing);
        (await bench.Take(webhook)).ShouldBeEmpty();
        await bench.Record(taken[0], DeliveryBench.Delivered);
        (await bench.Take(webhook)).Count.ShouldBe(WebhookOutbox.MaxTries - 1);
    }

    [Test]
    public async Task Never_delivers_changes_of_an_object_out_of_order_with_several_replicas()
    {
        const int changes = 60;
        var webhook = await bench.HaveWebhook();
        await using var replica = bench.StartReplica();
        await using var another = bench.StartReplica();
        var arrived = new ConcurrentQueue<LeasedDelivery>();
        var writing = Write(changes);
        await Task.WhenAll(new[] { bench, replica, another }.SelectMany(it => new[] { it, it }).Select(Deliver));
        await writing;
        var positions = (await bench.GetDeliveries(webhook)).ToDictionary(it => it.ChangeId, it => it.Position);
        arrived.Select(it => it.ChangeId).ShouldBeUnique();
        foreach (var ofObject in arrived.GroupBy(DeliveryBench.NameOf))
        {
            ofObject.Select(it => positions[it.ChangeId]).ShouldBeInOrder();
        }

        async Task Write(int count)
        {
            for (var i = 0; i < count; i += 3)
            {
                await bench.HaveChanges($"{i % 4}", $"{(i + 1) % 4}", $"{(i + 2) % 4}");
            }
        }

        async Task Deliver(DeliveryBench replica)
        {
            while (arrived.Count < changes)
            {
                foreach (var delivery in await replica.Take(webhook, 3))
                {
                    arrived.Enqueue(delivery);
                    await Task.Yield();
                    await replica.Record(delivery, DeliveryBench.Delivered);
                }
            }
        }
    }

    [Test]
    public async Task Disables_a_webhook_whose_receiver_is_gone()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a", "a", "b");
        var taken = await bench.Take(webhook);
        await bench.Record(taken[0], DeliveryBench.Gone);
        (await bench.Get(webhook)).DisabledReason.ShouldBe(DisabledReasons.Gone);
        (await bench.GetDeliveries(webhook)).ShouldAllBe(it => it.State == DeliveryState.Dead);
        await bench.HaveChanges("c");
        (await bench.Take(webhook)).ShouldBeEmpty();
        (await bench.Outbox.FindDue(CancellationToken.None)).ShouldBeEmpty();
    }

    [Test]
    public async Task Disables_a_webhook_that_only_fails_for_five_days()
    {
        var webhook = await bench.HaveWebhook();
        await FailOnce();
        bench.Time.Advance(TimeSpan.FromDays(4.9));
        await FailOnce();
        (await bench.Get(webhook)).IsActive.ShouldBeTrue();
        bench.Time.Advance(TimeSpan.FromDays(0.1));
        await FailOnce();
        (await bench.Get(webhook)).DisabledReason.ShouldBe(DisabledReasons.Failing);

        async Task FailOnce()
        {
            await bench.HaveChanges(Guid.NewGuid().ToString());
            foreach (var delivery in await bench.Take(webhook))
            {
                await bench.Record(delivery, DeliveryBench.Failed);
            }
        }
    }

    [Test]
    public async Task Counts_the_five_days_anew_after_a_success()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a", "b");
        var taken = await bench.Take(webhook);
        await bench.Record(taken[0], DeliveryBench.Failed);
        (await bench.Get(webhook)).FailingSince.ShouldBe(bench.Time.GetUtcNow());
        await bench.Record(taken[1], DeliveryBench.Delivered);
        (await bench.Get(webhook)).FailingSince.ShouldBeNull();
        bench.Time.Advance(TimeSpan.FromDays(6));
        await bench.Record((await bench.Take(webhook)).ShouldHaveSingleItem(), DeliveryBench.Failed);
        (await bench.Get(webhook)).IsActive.ShouldBeTrue();
    }

    [Test]
    public async Task Counts_no_tests_that_fail()
    {
        var webhook = await bench.HaveWebhook();
        await bench.Edit(db =>
        {
            db.WebhookDeliveries.Add(
                WebhookDelivery.Test(webhook, Guid.NewGuid(), 0, "webhook.test", "test"u8.ToArray(), bench.Time.GetUtcNow()));
            return Task.CompletedTask;
        });
        await bench.Record((await bench.Take(webhook)).ShouldHaveSingleItem(), DeliveryBench.Failed);
        (await bench.GetDeliveries(webhook)).ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Dead);
        (await bench.Get(webhook)).FailingSince.ShouldBeNull();
    }

    [Test]
    public async Task Counts_anew_at_another_url()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a");
        await bench.Record((await bench.Take(webhook)).ShouldHaveSingleItem(), DeliveryBench.Failed);
        (await bench.Get(webhook)).FailingSince.ShouldNotBeNull();
        await bench.Edit(async db => (await db.Webhooks.SingleAsync()).MoveTo("https://crm.example.org/"));
        (await bench.Get(webhook)).FailingSince.ShouldBeNull();
    }

    [Test]
    public async Task Waits_as_long_as_the_receiver_asks_for()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a");
        await bench.Record((await bench.Take(webhook)).Single(), DeliveryBench.Failed with { RetryAfter = TimeSpan.FromMinutes(2) });
        (await bench.GetDeliveries(webhook))[0].NextAt.ShouldBe(bench.Time.GetUtcNow() + TimeSpan.FromMinutes(2));
    }

    [Test]
    public async Task Delivers_what_the_feed_keeps_no_longer()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a", "a");
        await bench.Record((await bench.Take(webhook)).Single(), DeliveryBench.Failed);
        bench.Time.Advance(TimeSpan.FromDays(31));
        await Sweep();
        await bench.Edit(async db => (await db.Changes.CountAsync()).ShouldBe(0));
        var first = (await bench.Take(webhook)).ShouldHaveSingleItem();
        DeliveryBench.NameOf(first).ShouldBe("a");
        await bench.Record(first, DeliveryBench.Delivered);
        (await bench.TakeNames(webhook)).ShouldBe(["a"]);
    }

    [Test]
    public async Task Disables_a_webhook_that_changes_expire_for_before_they_are_its_deliveries()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a");
        bench.Time.Advance(TimeSpan.FromDays(31));
        await Sweep();
        (await bench.Outbox.FindDue(CancellationToken.None)).ShouldBe([webhook]);
        (await bench.Take(webhook)).ShouldBeEmpty();
        (await bench.Get(webhook)).DisabledReason.ShouldBe(DisabledReasons.ChangesExpired);
    }

    [Test]
    public async Task Leaves_changes_in_the_feed_while_too_many_deliveries_are_pending()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a");
        await bench.Execute(
            $"""
            INSERT INTO webhook_deliveries
                (webhook_id, change_id, position, object_key, type, payload, is_test, created_at, state, attempts, next_at)
            SELECT '{webhook}', gen_random_uuid(), 0, n, 'x', 'x', FALSE, now(), 0, 0, '2026-07-01' FROM generate_series(1, {WebhookOutbox.MaxPending}) n
            """);
        var taken = await bench.Take(webhook);
        (await bench.Get(webhook)).Position.ShouldBe(0);
        await bench.Record(taken[0], DeliveryBench.Delivered);
        await bench.Take(webhook);
        (await bench.Get(webhook)).Position.ShouldBe(1);
    }

    [Test]
    public async Task Says_when_a_webhook_that_is_due_has_nothing_to_be_tried()
    {
        var webhook = await bench.HaveWebhook(ChangeTypes.SessionUpdated);
        await bench.HaveChanges("a", "a");
        var first = (await bench.Take(webhook)).ShouldHaveSingleItem();
        await bench.Record(first, DeliveryBench.Failed);
        (await bench.Outbox.FindDue(CancellationToken.None)).ShouldBe([webhook]);
        (await bench.IsStuck(webhook)).ShouldBeTrue();
        await bench.HaveChanges(Change.OfSession(ChangeTypes.SessionDeleted, 1, 7, "b", null));
        (await bench.IsStuck(webhook)).ShouldBeFalse("It has gone on in the feed.");
        (await bench.IsStuck(webhook)).ShouldBeTrue();
    }

    [Test]
    public async Task Delivers_again_by_a_replay_in_the_same_order()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a", "b", "a");
        var first = await DeliverAll(webhook);
        first.Count.ShouldBe(3);
        await bench.Edit(async db => (await db.Webhooks.SingleAsync()).Replay(1));
        (await DeliverAll(webhook)).ShouldBe((await bench.GetDeliveries(webhook)).Skip(1).Select(it => it.ChangeId), ignoreOrder: true);
        await bench.Edit(async db => (await db.Webhooks.SingleAsync()).Replay(0));
        (await bench.TakeNames(webhook)).ShouldBe(["a", "b"]);
    }

    [Test]
    public async Task Delivers_again_by_a_replay_what_is_being_tried_and_after_what_comes_before_it()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a", "a");
        var first = (await bench.Take(webhook)).ShouldHaveSingleItem();
        await bench.Record(first, DeliveryBench.Delivered);
        var running = (await bench.Take(webhook)).ShouldHaveSingleItem();
        await bench.Edit(async db => (await db.Webhooks.SingleAsync()).Replay(0));
        var again = (await bench.Take(webhook)).ShouldHaveSingleItem();
        again.ChangeId.ShouldBe(first.ChangeId);
        await bench.Record(running, DeliveryBench.Delivered);
        (await bench.GetDeliveries(webhook)).ShouldAllBe(it => it.State == DeliveryState.Pending);
        await bench.Record(again, DeliveryBench.Delivered);
        (await bench.Take(webhook)).ShouldHaveSingleItem().ChangeId.ShouldBe(running.ChangeId);
    }

    [Test]
    public async Task Says_how_far_a_webhook_lags_behind()
    {
        var webhook = await bench.HaveWebhook();
        await bench.HaveChanges("a");
        bench.Time.Advance(TimeSpan.FromSeconds(30));
        (await Measure()).Lag.ShouldBe(TimeSpan.FromSeconds(30));
        var taken = (await bench.Take(webhook)).Single();
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        (await Measure()).Lag.ShouldBe(TimeSpan.FromSeconds(10));
        await bench.Record(taken, DeliveryBench.Delivered);
        (await Measure()).Lag.ShouldBe(TimeSpan.Zero);

        async Task<WebhookMeasure> Measure() => (await bench.Outbox.Measure(CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Test]
    public async Task Has_old_deliveries_and_those_of_deleted_webhooks_swept()
    {
        var (kept, deleted) = (await bench.HaveWebhook(), await bench.HaveWebhook());
        await bench.HaveChanges("a", "b");
        await DeliverAll(kept);
        await DeliverAll(deleted);
        await bench.Edit(async db => (await db.Webhooks.SingleAsync(it => it.Id == deleted)).Delete(bench.Time.GetUtcNow()));
        await Sweep();
        (await bench.GetDeliveries(kept)).Count.ShouldBe(2);
        (await bench.GetDeliveries(deleted)).ShouldBeEmpty();
        await bench.Edit(async db => (await db.Webhooks.SingleAsync()).Id.ShouldBe(kept));
        bench.Time.Advance(TimeSpan.FromDays(30));
        await Sweep();
        (await bench.GetDeliveries(kept)).ShouldBeEmpty();
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan? other) => other > one ? other.Value : one;

    private Task<SweepResult> Sweep() => bench.Provider.GetRequiredService<Sweeper>().Sweep(CancellationToken.None);

    private async Task<List<Guid>> DeliverAll(Guid webhook)
    {
        var all = new List<Guid>();
        while (await bench.Take(webhook) is [_, ..] taken)
        {
            foreach (var delivery in taken)
            {
                all.Add(delivery.ChangeId);
                await bench.Record(delivery, DeliveryBench.Delivered);
            }
        }

        return all;
    }
}
