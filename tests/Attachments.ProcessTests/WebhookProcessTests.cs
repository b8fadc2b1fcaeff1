using System.Net.Http.Json;
using System.Runtime.InteropServices;
using Npgsql;

namespace Attachments.ProcessTests;

/// <summary>What becomes of deliveries when a process ends in the middle of one.</summary>
[Platform(Exclude = "Win", Reason = "Signals are those of Unix.")]
internal sealed class WebhookProcessTests
{
    private string connectionString = "";

    [SetUp]
    public async Task Create() => connectionString = await Service.CreateMigrated();

    [Test]
    public async Task Sends_again_with_the_same_id_what_was_answered_but_not_recorded()
    {
        var answering = new TaskCompletionSource();
        await using var receiver = WebhookReceiver.Start(async (_, stream, token) =>
        {
            await answering.Task;
            await stream.WriteAsync(WebhookReceiver.Format(200), token);
        });
        await using (var service = await StartWithChange(receiver))
        {
            await receiver.WaitFor(1);
            await using var source = NpgsqlDataSource.Create(connectionString);
            await using var connection = await source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var take = new NpgsqlCommand("LOCK TABLE webhook_deliveries IN EXCLUSIVE MODE", connection, transaction);
            await take.ExecuteNonQueryAsync();
            answering.SetResult();
            await Eventually.Holds(
                async () => await Sql.Scalar<long>(
                    connectionString,
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%SET state = %'") > 0,
                "the outcome is being recorded");
            await service.Process.Kill();
        }

        await ShouldBe("state = 0 AND attempts = 0 AND leased_until IS NOT NULL");
        await Sql.Execute(connectionString, "UPDATE webhook_deliveries SET leased_until = now()");
        await using var next = await Service.Start(Settings(receiver));
        await receiver.WaitFor(2);
        await Eventually.Holds(() => Is("state = 1"), "it has been delivered");
        receiver.Received.Select(hook => hook.Id).Distinct().Count().ShouldBe(1);
    }

    [Test]
    public async Task Ends_in_order_though_a_receiver_hangs_and_gives_the_delivery_back()
    {
        await using var receiver = WebhookReceiver.Start((_, _, token) => Task.Delay(Timeout.Infinite, token));
        await using var service = await StartWithChange(receiver);
        await receiver.WaitFor(1);
        service.Process.Send(PosixSignal.SIGTERM);
        var outcome = await service.Process.Ended();
        outcome.ExitCode.ShouldBe(0, $"{outcome}");
        await ShouldBe("state = 0 AND attempts = 0 AND leased_until IS NULL");
    }

    private async Task<Service> StartWithChange(WebhookReceiver receiver)
    {
        var service = await Service.Start(Settings(receiver));
        using var made = await service.Client.PostAsJsonAsync("/v1/webhooks", new { url = receiver.Url, types = (string[])["session.created"] });
        made.EnsureSuccessStatusCode();
        await service.CreateSession("s");
        return service;
    }

    private ServiceSettings Settings(WebhookReceiver receiver) => ServiceSettings.Complete(connectionString)
        .With("ASPNETCORE_ENVIRONMENT", "Development")
        .With("Webhooks:AllowedNetworks", "127.0.0.0/8")
        .With("Webhooks:AllowedPorts", $"{receiver.Port}");

    private async Task ShouldBe(string condition) => (await Is(condition)).ShouldBeTrue(condition);

    private async Task<bool> Is(string condition) =>
        await Sql.Scalar<long>(connectionString, $"SELECT count(*) FROM webhook_deliveries WHERE {condition}") == 1;
}
