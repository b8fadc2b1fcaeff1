using System.Text;
using Attachments.Application.Persistence;
using Attachments.Domain.Changes;
using Attachments.Domain.Webhooks;
using Attachments.Infrastructure.Changes;
using Attachments.Infrastructure.Persistence;
using Attachments.Infrastructure.Webhooks;
using Attachments.IntegrationTests.Support;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Attachments.IntegrationTests.Webhooks;

/// <summary>A feed, webhooks, and the outbox of their deliveries, with a clock that stands still.</summary>
internal sealed class DeliveryBench : IAsyncDisposable
{
    public static readonly DeliveryOutcome Delivered = new(200, null, null, null);
    public static readonly DeliveryOutcome Failed = new(500, "answered_with_failure", null, null);
    public static readonly DeliveryOutcome Gone = new(410, "answered_with_failure", null, null);

    private readonly TestServices services;

    private DeliveryBench(TestServices services) => this.services = services;

    public ManualTime Time => services.Time;

    public string ConnectionString => services.ConnectionString;

    public IServiceProvider Provider => services.Provider;

    public WebhookOutbox Outbox => services.Provider.GetRequiredService<WebhookOutbox>();

    public static async Task<DeliveryBench> Start() =>
        new(await TestServices.Start());

    /// <summary>A replica: it shares the database and the clock.</summary>
    public DeliveryBench StartReplica() =>
        new(TestServices.On(ConnectionString, time: Time));

    public async Task<Guid> HaveWebhook(params string[] types) => await HaveWebhook(webhook => webhook.Select(types, null, null));

    public Task<Guid> HaveWebhook(Action<Webhook> change) => services.InScope(async scope =>
    {
        var db = scope.GetRequiredService<AttachmentsDbContext>();
        var position = await db.Feeds.Select(feed => feed.LastPosition).SingleAsync();
        var webhook = Webhook.Create("https://erp.example.org/", position, Time.GetUtcNow());
        change(webhook);
        db.Webhooks.Add(webhook);
        await db.SaveChangesAsync();
        return webhook.Id;
    });

    /// <summary>Writes changes of sessions with these uuids, in this order, and gives them their positions.</summary>
    public async Task HaveChanges(params string[] uuids) =>
        await HaveChanges([.. uuids.Select(uuid => Change.OfSession(ChangeTypes.SessionUpdated, 0, 7, uuid, null))]);

    public async Task HaveChanges(params Change[] changes)
    {
        await Write(changes);
        await Number();
    }

    public Task Write(params Change[] changes) => services.InScope(async scope =>
    {
        var db = scope.GetRequiredService<AttachmentsDbContext>();
        foreach (var change in changes)
        {
            change.Sign(Time.GetUtcNow(), null);
        }

        db.Changes.AddRange(changes);
        await db.SaveChangesAsync();
    });

    public Task Number() => services.Provider.GetRequiredService<Sequencer>().Number(CancellationToken.None);

    public async Task<IReadOnlyList<LeasedDelivery>> Take(Guid webhook, int limit = 64) =>
        (await Outbox.Take(webhook, limit, CancellationToken.None)).Deliveries;

    /// <summary>Whether there was nothing to take, though something is due.</summary>
    public async Task<bool> IsStuck(Guid webhook) => (await Outbox.Take(webhook, 64, CancellationToken.None)).IsStuck;

    public async Task<IReadOnlyList<string>> TakeNames(Guid webhook) => [.. (await Take(webhook)).Select(NameOf).Order()];

    public Task Record(LeasedDelivery delivery, DeliveryOutcome outcome) => Outbox.Record(delivery, outcome, CancellationToken.None);

    public Task<Webhook> Get(Guid webhook) => services.InScope(scope =>
        scope.GetRequiredService<IAttachmentsDb>().Webhooks.AsNoTracking().SingleAsync(it => it.Id == webhook));

    public Task<List<WebhookDelivery>> GetDeliveries(Guid webhook) => services.InScope(scope =>
        scope.GetRequiredService<IAttachmentsDb>().WebhookDeliveries.AsNoTracking()
            .Where(it => it.WebhookId == webhook).OrderBy(it => it.Position).ToListAsync());

    public Task Edit(Func<AttachmentsDbContext, Task> change) => services.InScope(async scope =>
    {
        var db = scope.GetRequiredService<AttachmentsDbContext>();
        await change(db);
        await db.SaveChangesAsync();
    });

    public Task Execute(string statement) => Sql.Execute(ConnectionString, statement);

    public ValueTask DisposeAsync() => services.DisposeAsync();

    /// <summary>The uuid of the session whose change is delivered.</summary>
    public static string NameOf(LeasedDelivery delivery) => Encoding.UTF8.GetString(delivery.Payload);
}
