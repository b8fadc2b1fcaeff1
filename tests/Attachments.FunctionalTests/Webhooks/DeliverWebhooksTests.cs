using System.Text.Json;
using Attachments.FunctionalTests.Support;
using Attachments.Testing;
using StandardWebhooks.Diagnostics;

namespace Attachments.FunctionalTests.Webhooks;

/// <summary>What receivers get, and what is told of it.</summary>
[TestFixture]
internal sealed class DeliverWebhooksTests
{
    private WebhookReceiver receiver = null!;
    private WebhookReceiver hanging = null!;
    private RunningService service = null!;
    private Hooks hooks = null!;

    /// <summary>What the receiver answers now.</summary>
    private WebhookReceiver.HookAnswer answer = WebhookReceiver.Answers(200);

    [OneTimeSetUp]
    public async Task Start()
    {
        receiver = WebhookReceiver.Start((hook, stream, token) => answer(hook, stream, token));
        hanging = WebhookReceiver.Start((_, _, token) => Task.Delay(Timeout.Infinite, token));
        service = await TestBed.StartService([.. receiver.Settings, $"--Webhooks:AllowedPorts={receiver.Port},{hanging.Port}"]);
        hooks = new Hooks(service);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await service.DisposeAsync();
        await receiver.DisposeAsync();
        await hanging.DisposeAsync();
    }

    [SetUp]
    public void AnswerWell() => answer = WebhookReceiver.Answers(200);

    [Test]
    public async Task Sends_a_change_signed_and_once()
    {
        var hook = await hooks.Have(receiver, ""","types":["session.attachment.stored"]""");
        var session = $"{Guid.NewGuid()}";
        await hooks.HaveFile(session);
        var delivery = await hook.WaitForDelivery(it => it.GetProperty("state").GetString() == "delivered");
        var sent = ReceivedBy(hook).ShouldHaveSingleItem();
        sent.Id.ShouldBe(delivery.GetProperty("change").GetString());
        var change = JsonElement.Parse(sent.Body);
        change.GetProperty("id").GetString().ShouldBe(sent.Id);
        change.GetProperty("type").GetString().ShouldBe("session.attachment.stored");
        change.GetProperty("subject").GetString().ShouldBe($"/api/v1/project/7/sessions/{session}/attachments/p");
        (delivery.GetProperty("attempts").GetInt32(), delivery.GetProperty("status").GetInt32()).ShouldBe((1, 200));
        await hook.Delete();
    }

    [Test]
    public async Task Signs_with_the_old_secret_too_after_a_rotation()
    {
        var hook = await hooks.Have(receiver, ""","state":"disabled" """);
        var rotated = await hook.Post("rotate");
        rotated.Status.ShouldBe(200, rotated.Text);
        var secret = rotated.Json.GetProperty("secret").GetString()!;
        secret.ShouldNotBe(hook.Secret);
        (await hook.Post("test")).Status.ShouldBe(202);
        await hook.WaitForDelivery(it => it.GetProperty("state").GetString() == "delivered");
        var sent = receiver.Received.Last(it => IsVerified(it, secret));
        IsVerified(sent, hook.Secret).ShouldBeTrue();
        JsonElement.Parse(sent.Body).GetProperty("type").GetString().ShouldBe("webhook.test");
        await hook.Delete();
    }

    [Test]
    public async Task Tells_how_a_try_failed_and_tries_again_when_asked()
    {
        answer = WebhookReceiver.Answers(503, new string('ä', 2000), "Retry-After: 3600");
        var hook = await hooks.Have(receiver, ""","types":["session.attachment.stored"]""");
        await hooks.HaveFile($"{Guid.NewGuid()}");
        var failed = await hook.WaitForDelivery(it => it.GetProperty("attempts").GetInt32() == 1);
        (failed.GetProperty("state").GetString(), failed.GetProperty("status").GetInt32(), failed.GetProperty("error").GetString())
            .ShouldBe(("pending", 503, "answered_with_failure"));
        failed.GetProperty("answer").GetString().ShouldBe(new string('ä', 512));
        failed.GetProperty("next_attempt_at").GetDateTimeOffset().ShouldBe(DateTimeOffset.UtcNow.AddHours(1), TimeSpan.FromMinutes(1));
        (await hook.GetDeliveries("?state=dead")).ShouldBeEmpty();
        answer = WebhookReceiver.Answers(200);
        (await hook.Post($"deliveries/{failed.GetProperty("change").GetString()}/retry")).Status.ShouldBe(202);
        await hook.WaitForDelivery(it => it.GetProperty("state").GetString() == "delivered");
        var sent = ReceivedBy(hook);
        sent.Count.ShouldBe(2);
        (sent[0].Id, sent[0].Body).ShouldBe((sent[1].Id, sent[1].Body));
        await hook.Delete();
    }

    [Test]
    public async Task Is_disabled_by_410_and_goes_back_by_a_replay()
    {
        var hook = await hooks.Have(receiver, ""","types":["session.attachment.stored"]""");
        answer = WebhookReceiver.Answers(410);
        await hooks.HaveFile($"{Guid.NewGuid()}");
        await hook.WaitForDelivery(it => it.GetProperty("state").GetString() == "dead");
        var disabled = (await hook.Get()).Json;
        (disabled.GetProperty("state").GetString(), disabled.GetProperty("disabled_reason").GetString()).ShouldBe(("disabled", "gone"));
        var change = (await hook.GetDeliveries("?state=dead")).ShouldHaveSingleItem().GetProperty("change").GetString();
        (await hook.Post($"deliveries/{change}/retry")).ShouldBeProblem(409, "webhook_disabled");
        answer = WebhookReceiver.Answers(200);
        var replayed = await hook.Post("replay", """{"after":null}""");
        replayed.Status.ShouldBe(202, replayed.Text);
        replayed.Json.GetProperty("state").GetString().ShouldBe("active");
        await Eventually.Holds(
            async () => (await hook.GetDeliveries("?state=delivered")).Any(it => it.GetProperty("change").GetString() == change),
            "what was given up has been delivered");
        await hook.Delete();
    }

    [Test]
    public async Task Lets_no_receiver_hold_up_another()
    {
        var slow = await hooks.Have(hanging, ""","types":["session.attachment.stored"]""");
        var hook = await hooks.Have(receiver, ""","types":["session.attachment.stored"]""");
        for (var i = 0; i < 12; i++)
        {
            await hooks.HaveFile($"{Guid.NewGuid()}");
        }

        await Eventually.Holds(async () => (await hook.GetDeliveries("?state=delivered")).Count == 12, "all have been delivered");
        hanging.Received.Count.ShouldBe(8);
        await slow.Delete();
        await hook.Delete();
    }

    [Test]
    public async Task Lists_deliveries_by_the_page()
    {
        var hook = await hooks.Have(receiver, ""","types":["session.attachment.stored"]""");
        for (var i = 0; i < 3; i++)
        {
            await hooks.HaveFile($"{Guid.NewGuid()}");
        }

        await Eventually.Holds(async () => (await hook.GetDeliveries("?state=delivered")).Count == 3, "all have been delivered");
        var first = (await hook.ListDeliveries("?limit=2")).Json;
        first.GetProperty("deliveries").GetArrayLength().ShouldBe(2);
        var rest = (await hook.ListDeliveries($"?limit=2&after={first.GetProperty("next").GetString()}")).Json;
        rest.TryGetProperty("next", out _).ShouldBeFalse();
        first.GetProperty("deliveries").EnumerateArray().Concat(rest.GetProperty("deliveries").EnumerateArray())
            .Select(it => it.GetProperty("change").GetString())
            .ShouldBe((await hook.GetDeliveries()).Select(it => it.GetProperty("change").GetString()));
        await hook.Delete();
    }

    private List<ReceivedHook> ReceivedBy(Hook hook) => [.. receiver.Received.Where(it => IsVerified(it, hook.Secret))];

    private static bool IsVerified(ReceivedHook hook, string secret)
    {
        try
        {
            Hook.Verify(hook, secret);
            return true;
        }
        catch (WebhookVerificationException)
        {
            return false;
        }
    }
}
