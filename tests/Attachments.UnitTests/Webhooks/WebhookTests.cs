using Attachments.Domain.Webhooks;

namespace Attachments.UnitTests.Webhooks;

public sealed class WebhookTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 9, 0, 0, TimeSpan.Zero);

    [Test]
    public void Has_a_secret_of_32_random_bytes()
    {
        var (one, other) = (Make().Secret, Make().Secret);
        one.ShouldStartWith("whsec_");
        Convert.FromBase64String(one["whsec_".Length..]).Length.ShouldBe(32);
        one.ShouldNotBe(other);
    }

    [Test]
    public void Signs_with_the_old_secret_for_a_day()
    {
        var webhook = Make();
        var old = webhook.Secret;
        webhook.Rotate(Now);
        webhook.Secret.ShouldNotBe(old);
        webhook.GetSecrets(Now + TimeSpan.FromHours(23)).ShouldBe([webhook.Secret, old]);
        webhook.GetSecrets(Now + TimeSpan.FromHours(24)).ShouldBe([webhook.Secret]);
    }

    [Test]
    public void Signs_with_all_old_secrets_of_a_day_but_not_more_than_five()
    {
        var webhook = Make();
        var secrets = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            secrets.Insert(0, webhook.Secret);
            webhook.Rotate(Now.AddMinutes(i));
        }

        webhook.GetSecrets(Now.AddHours(1)).ShouldBe([webhook.Secret, .. secrets.Take(5)]);
        webhook.Rotate(Now.AddDays(2));
        webhook.GetSecrets(Now.AddDays(2)).Count.ShouldBe(2);
    }

    [Test]
    public void Begins_anew_when_it_is_enabled_and_goes_back_by_a_replay()
    {
        var webhook = Make();
        webhook.Enable(50);
        webhook.Position.ShouldBe(7, "It was active.");
        webhook.Disable(DisabledReasons.Gone, Now);
        webhook.Enable(50);
        (webhook.Position, webhook.IsActive, webhook.DisabledReason).ShouldBe((50, true, null));
        webhook.Disable(DisabledReasons.Failing, Now);
        webhook.Replay(3);
        (webhook.Position, webhook.IsActive).ShouldBe((3, true));
    }

    [Test]
    public void Has_another_version_only_when_something_has_changed()
    {
        var webhook = Make();
        webhook.MoveTo(webhook.Url);
        webhook.Select([], null, null);
        webhook.Describe("");
        webhook.Revision.ShouldBe(0);
        webhook.Select(["set.claimed"], null, null);
        webhook.Disable(DisabledReasons.Requested, Now);
        webhook.Rotate(Now);
        webhook.Revision.ShouldBe(3);
    }

    private static Webhook Make() => Webhook.Create("https://erp.example.org/", 7, Now);
}
