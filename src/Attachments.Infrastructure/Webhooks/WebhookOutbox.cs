using System.ComponentModel.DataAnnotations.Schema;
using Attachments.Application.Changes;
using Attachments.Application.Webhooks;
using Attachments.Domain.Changes;
using Attachments.Domain.Webhooks;
using Attachments.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Attachments.Infrastructure.Webhooks;

/// <summary>
/// The deliveries of all webhooks, in the database. A webhook's row is locked by whoever takes deliveries of it, so that replicas do it one
/// after another: they see what the others have taken, and begin at most <see cref="MaxTries"/> tries of a webhook at a time. No
/// transaction is open during a try; its lease ends by itself if the process dies. Whoever changes both takes the webhook's row before its
/// deliveries.
/// </summary>
public sealed class WebhookOutbox(
    IServiceScopeFactory scopes,
    IChangeWriter writer,
    IOptions<WebhooksOptions> options,
    TimeProvider time,
    ILogger<WebhookOutbox> logger)
{
    /// <summary>The most tries of a webhook at a time.</summary>
    public const int MaxTries = 8;

    /// <summary>The most while it fails, so that receivers that hang leave room for the others.</summary>
    public const int MaxTriesWhileFailing = 2;

    /// <summary>The most pending deliveries of a webhook. The feed keeps what comes after them, for as long as it keeps anything.</summary>
    public const int MaxPending = 2_000;

    private const int MaxBatch = 500;

    /// <summary>The most positions that are looked at in a transaction, however few of them the webhook gets.</summary>
    private const int MaxLookedAt = 10_000;

    /// <summary>What a lease lasts longer than the try may take, so that nobody begins another before it has ended.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(40);

    /// <summary>The webhooks that have something to do now.</summary>
    public Task<List<Guid>> FindDue(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return Query(
            context => context.Database.SqlQuery<Guid>(
                $"""
                SELECT webhooks.id AS "Value" FROM webhooks, feed
                WHERE deleted_at IS NULL AND (
                    (disabled_at IS NULL AND position < last_position)
                    OR EXISTS (
                        SELECT FROM webhook_deliveries
                        WHERE webhook_id = webhooks.id AND state = 0 AND next_at <= {now}
                            AND (leased_until IS NULL OR leased_until <= {now}) AND (disabled_at IS NULL OR is_test)))
                """).ToListAsync(cancellationToken));
    }

    /// <summary>
    /// Makes deliveries of the changes that are new to a webhook, and takes some that are due and the first of their objects.
    /// </summary>
    /// <param name="webhookId">The webhook.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">The service stops.</param>
    /// <returns>None if another replica takes some at this moment.</returns>
    public async Task<TakenDeliveries> Take(Guid webhookId, int limit, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var found = await context.Webhooks
            .FromSql($"SELECT * FROM webhooks WHERE id = {webhookId} AND deleted_at IS NULL FOR UPDATE SKIP LOCKED")
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        if (found is not [var webhook])
        {
            return new TakenDeliveries([], IsStuck: false);
        }

        var progress = webhook.IsActive ? await FanOut(context, webhook, cancellationToken) : Progress.None;
        if (progress == Progress.Expired)
        {
            await Disable(context, webhookId, DisabledReasons.ChangesExpired, cancellationToken);
        }

        var leased = await Lease(context, webhook, limit, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new TakenDeliveries(leased, IsStuck: limit > 0 && leased.Count == 0 && progress == Progress.None);
    }

    /// <summary>Records how a try has ended, unless its lease is over and another has begun.</summary>
    public async Task Record(LeasedDelivery delivery, DeliveryOutcome outcome, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var isLocked = await LockIfConcerned(context, delivery, outcome, cancellationToken);
        if (await End(context, delivery, outcome, cancellationToken) > 0 && isLocked)
        {
            await Note(context, delivery.WebhookId, outcome, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Gives back a delivery whose try was broken off. It may have arrived.</summary>
    public Task Release(LeasedDelivery delivery, CancellationToken cancellationToken) => Query(
        context => context.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_deliveries SET lease_id = NULL, leased_until = NULL
            WHERE webhook_id = {delivery.WebhookId} AND change_id = {delivery.ChangeId} AND lease_id = {delivery.LeaseId}
            """,
            cancellationToken));

    /// <summary>How far each webhook lags behind, and how many of its deliveries are dead.</summary>
    public async Task<IReadOnlyList<WebhookMeasure>> Measure(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rows = await Query(
            context => context.Database.SqlQuery<MeasuredRow>(
                $"""
                SELECT id,
                    CASE WHEN disabled_at IS NULL THEN LEAST(
                        (SELECT created_at FROM webhook_deliveries
                            WHERE webhook_id = webhooks.id AND state = 0 AND NOT is_test ORDER BY created_at LIMIT 1),
                        (SELECT numbered_at FROM changes WHERE changes.position > webhooks.position ORDER BY changes.position LIMIT 1)) END AS since,
                    (SELECT count(*) FROM webhook_deliveries WHERE webhook_id = webhooks.id AND state = 2) AS dead
                FROM webhooks WHERE deleted_at IS NULL
                """).ToListAsync(cancellationToken));
        return rows.ConvertAll(row => new WebhookMeasure(
            row.Id, row.Since is { } since && since < now ? now - since : TimeSpan.Zero, row.Dead));
    }

    /// <summary>Makes deliveries of the changes that are new to a webhook.</summary>
    private async Task<Progress> FanOut(AttachmentsDbContext context, Webhook webhook, CancellationToken cancellationToken)
    {
        var last = await context.Feeds.Select(feed => feed.LastPosition).SingleAsync(cancellationToken);
        if (webhook.Position >= last)
        {
            return Progress.None;
        }

        var pending = await context.WebhookDeliveries
            .Where(delivery => delivery.WebhookId == webhook.Id && delivery.State == DeliveryState.Pending)
            .Take(MaxPending)
            .CountAsync(cancellationToken);
        var limit = Math.Min(MaxPending - pending, MaxBatch);
        var end = Math.Min(webhook.Position + MaxLookedAt, last);
        var changes = limit == 0
            ? []
            : await Select(context.Changes, webhook, end).Take(limit).ToListAsync(cancellationToken);

        // Only now: what is removed is said to be before it is missed.
        if (await context.Feeds.Select(feed => feed.ExpiredPosition).SingleAsync(cancellationToken) > webhook.Position)
        {
            return Progress.Expired;
        }

        if (limit == 0)
        {
            return Progress.None;
        }

        await Add(context, webhook, changes, changes.Count == limit ? changes[^1].Position!.Value : end, cancellationToken);
        return Progress.Moved;
    }

    private static IQueryable<Change> Select(IQueryable<Change> changes, Webhook webhook, long end)
    {
        changes = changes.AsNoTracking().Where(change => change.Position > webhook.Position && change.Position <= end);
        changes = webhook.Types is [] ? changes : changes.Where(change => webhook.Types.Contains(change.Type));
        changes = webhook.ProjectId is null ? changes : changes.Where(change => change.ProjectId == webhook.ProjectId);
        changes = webhook.FormType is null ? changes : changes.Where(change => change.FormType == webhook.FormType);
        return changes.OrderBy(change => change.Position);
    }

    /// <summary>
    /// A replay comes upon deliveries that have ended, or are being tried; they begin anew. How a try that is going on ends no longer counts,
    /// so that the change comes again after the earlier ones of its object.
    /// </summary>
    private async Task Add(
        AttachmentsDbContext context, Webhook webhook, List<Change> changes, long reached, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (changes.Count > 0)
        {
            await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO webhook_deliveries
                    (webhook_id, change_id, position, object_key, type, payload, is_test, created_at, state, attempts, next_at)
                SELECT {webhook.Id}, change.*, FALSE, {now}, 0, 0, {now}
                FROM unnest(
                    {changes.Select(change => change.Id).ToArray()},
                    {changes.Select(change => change.Position!.Value).ToArray()},
                    {changes.Select(ChangedObject.GetKey).ToArray()},
                    {changes.Select(change => change.Type).ToArray()},
                    {changes.Select(writer.Write).ToArray()}) AS change
                ON CONFLICT (webhook_id, change_id) DO UPDATE
                    SET state = 0, attempts = 0, created_at = {now}, next_at = {now}, ended_at = NULL, lease_id = NULL, leased_until = NULL
                    WHERE webhook_deliveries.state <> 0 OR webhook_deliveries.lease_id IS NOT NULL
                """,
                cancellationToken);
        }

        await context.Database.ExecuteSqlAsync($"UPDATE webhooks SET position = {reached} WHERE id = {webhook.Id}", cancellationToken);
    }

    /// <summary>
    /// The first of each object are found in one pass over what is pending: the planner knows little of a table that has just grown, and
    /// could look for each one through all of the others. What others have ended meanwhile is seen when its row is locked.
    /// </summary>
    private async Task<IReadOnlyList<LeasedDelivery>> Lease(
        AttachmentsDbContext context, Webhook webhook, int limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (leaseId, until) = (Guid.NewGuid(), now + options.Value.Timeout + LeaseMargin);
        var most = webhook.FailingSince is null ? MaxTries : MaxTriesWhileFailing;
        var rows = await context.Database.SqlQuery<LeasedRow>(
            $"""
            UPDATE webhook_deliveries SET lease_id = {leaseId}, leased_until = {until}
            WHERE webhook_id = {webhook.Id} AND state = 0 AND (leased_until IS NULL OR leased_until <= {now}) AND change_id = ANY (ARRAY(
                SELECT change_id
                FROM (
                    SELECT DISTINCT ON (object_key) change_id, position, is_test, next_at, leased_until
                    FROM webhook_deliveries WHERE webhook_id = {webhook.Id} AND state = 0 ORDER BY object_key, position) AS first
                WHERE next_at <= {now} AND (leased_until IS NULL OR leased_until <= {now})
                    AND (is_test OR EXISTS (SELECT FROM webhooks WHERE id = {webhook.Id} AND disabled_at IS NULL))
                ORDER BY next_at, position
                LIMIT LEAST({limit}, GREATEST(0, {most} - (
                    SELECT count(*) FROM webhook_deliveries WHERE webhook_id = {webhook.Id} AND leased_until > {now})))))
            RETURNING change_id, attempts, is_test, payload
            """).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new LeasedDelivery(
            webhook.Id, row.ChangeId, leaseId, row.Attempts, row.IsTest, webhook.Url, webhook.GetSecrets(now), row.Payload));
    }

    /// <summary>
    /// Locks the webhook's row, before the delivery's, if the outcome may change it. Most outcomes are successes of a webhook that does not
    /// fail and change nothing, nor does a test that fails.
    /// </summary>
    private static async Task<bool> LockIfConcerned(
        AttachmentsDbContext context, LeasedDelivery delivery, DeliveryOutcome outcome, CancellationToken cancellationToken)
    {
        if (delivery.IsTest && !outcome.IsDelivered && !outcome.IsGone)
        {
            return false;
        }

        var locked = outcome.IsDelivered
            ? context.Webhooks.FromSql(
                $"SELECT * FROM webhooks WHERE id = {delivery.WebhookId} AND failing_since IS NOT NULL FOR UPDATE")
            : context.Webhooks.FromSql($"SELECT * FROM webhooks WHERE id = {delivery.WebhookId} FOR UPDATE");
        return await locked.AsNoTracking().ToListAsync(cancellationToken) is [_];
    }

    /// <summary>Notes at the webhook, whose row is locked, how a try has ended.</summary>
    private async Task Note(AttachmentsDbContext context, Guid webhookId, DeliveryOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.IsDelivered)
        {
            await context.Database.ExecuteSqlAsync($"UPDATE webhooks SET failing_since = NULL WHERE id = {webhookId}", cancellationToken);
            return;
        }

        if (outcome.IsGone)
        {
            await Disable(context, webhookId, DisabledReasons.Gone, cancellationToken);
            return;
        }

        var now = time.GetUtcNow();
        await context.Database.ExecuteSqlAsync(
            $"UPDATE webhooks SET failing_since = {now} WHERE id = {webhookId} AND failing_since IS NULL", cancellationToken);
        var since = now - DisabledReasons.FailuresDisableAfter;
        if (await context.Webhooks.AnyAsync(webhook => webhook.Id == webhookId && webhook.FailingSince <= since, cancellationToken))
        {
            await Disable(context, webhookId, DisabledReasons.Failing, cancellationToken);
        }
    }

    private Task<int> End(
        AttachmentsDbContext context, LeasedDelivery delivery, DeliveryOutcome outcome, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var attempts = delivery.Attempts + 1;
        var wait = outcome.IsDelivered || delivery.IsTest
            ? null
            : RetrySchedule.GetWait(attempts, outcome.RetryAfter, Random.Shared.NextDouble());
        var state = (short)(outcome.IsDelivered ? DeliveryState.Delivered : wait is null ? DeliveryState.Dead : DeliveryState.Pending);
        return context.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_deliveries
            SET state = {state}, attempts = {attempts}, next_at = {now + wait}, last_at = {now}, status = {outcome.Status},
                error = {outcome.Error}, answer = {outcome.Answer}, ended_at = {(wait is null ? now : null)}, lease_id = NULL, leased_until = NULL
            WHERE webhook_id = {delivery.WebhookId} AND change_id = {delivery.ChangeId} AND lease_id = {delivery.LeaseId} AND state = 0
            """,
            cancellationToken);
    }

    private async Task Disable(AttachmentsDbContext context, Guid webhookId, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var disabled = await context.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhooks SET disabled_at = {now}, disabled_reason = {reason}, revision = revision + 1
            WHERE id = {webhookId} AND disabled_at IS NULL AND deleted_at IS NULL
            """,
            cancellationToken);
        if (disabled > 0)
        {
            await context.GiveUpPending(webhookId, now, cancellationToken);
            logger.LogWarning("The webhook {Webhook} was disabled: {Reason}.", webhookId, reason);
        }
    }

    private async Task<T> Query<T>(Func<AttachmentsDbContext, Task<T>> query)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<AttachmentsDbContext>());
    }

    /// <summary>What became of a webhook's place in the feed.</summary>
    private enum Progress
    {
        None,
        Moved,

        /// <summary>Changes that it may have had to get are not kept any longer.</summary>
        Expired,
    }

    private sealed record LeasedRow(
        [property: Column("change_id")] Guid ChangeId,
        [property: Column("attempts")] int Attempts,
        [property: Column("is_test")] bool IsTest,
        [property: Column("payload")] byte[] Payload);

    private sealed record MeasuredRow(
        [property: Column("id")] Guid Id,
        [property: Column("since")] DateTimeOffset? Since,
        [property: Column("dead")] long Dead);
}
